"""Starts the club's app."""

from leaky import create_app

app = create_app()

if __name__ == "__main__":
    # The debugger, which runs code for whoever asks, open to the whole network.
    app.run(host="0.0.0.0", port=8000, debug=True)
