"""What `stopper transport` sees from outside: redirects, certificates, TLS, HSTS."""
