"""What reaches a place is looked for nearby, and not for ever."""

from projects import found


def test_a_function_that_keeps_reassigning_is_judged_to_its_end():
    # This took hours when each name was looked for in the whole function.
    body = "    if x:\n        a = a + a\n" * 3_000
    source = f"def f(x, a):\n{body}    eval(a)\n"

    assert ("code-evaluation", "app.py", 6_002) in found({"app.py": source})


def test_the_other_branch_does_not_hide_an_assignment():
    source = """\
        from flask import Flask, redirect, request
        app = Flask(__name__)
        @app.get("/")
        def go():
            if request.args.get("a"):
                target = request.args["next"]
            else:
                target = "/"
            return redirect(target)
    """

    assert ("open-redirect", "app.py", 9) in found({"app.py": source})
