"""`python -m tests.faults`: the table of faults with what the tests measured when they ran last, in Markdown."""

from tests.faults.measured import kept
from tests.faults.table import FAULTS


def main() -> None:
    values = kept()
    print("| # | Injected | Tests | Measured | Not met |\n|---|---|---|---|---|")
    for number, fault in FAULTS.items():
        measured = "; ".join(f"{what} {value:g}" for what, value in values.get(str(number), {}).items())
        tests = ", ".join(f"`{test}`" for test in fault.tests)
        print(f"| {number} | {fault.injected} | {tests} | {measured or '-'} | {fault.limit or '-'} |")


if __name__ == "__main__":
    main()
