"""`python -m zhulian`."""

from zhulian.cli import main

main()
