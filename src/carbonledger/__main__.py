"""``python -m carbonledger``."""

from .cli import main

main()
