"""`python -m gateway` is the `kibaru` command."""

from gateway.cli import main

if __name__ == "__main__":
    main()
