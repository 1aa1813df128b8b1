"""Grades pairs with math-verify as its README says: parse the gold answer, parse the response, verify; timeouts on.

Reads JSON lines {"gold", "response"} from standard input and prints one JSON object: seconds of all pairs together, of the
median and of the slowest pair, and how many were taken as right. Imports and reading are not counted.
"""

import json
import logging
import statistics
import sys
import time

from math_verify import parse, verify


def main() -> None:
    logging.disable(logging.CRITICAL)
    pairs = [json.loads(line) for line in sys.stdin]
    for pair in pairs[:20]:  # warms up what is built at first use
        verify(parse(f"${pair['gold']}$"), parse(pair["response"]))
    seconds = []
    right = 0
    for pair in pairs:
        begun = time.perf_counter()
        right += bool(verify(parse(f"${pair['gold']}$"), parse(pair["response"])))
        seconds.append(time.perf_counter() - begun)
    print(
        json.dumps(
            {
                "seconds": sum(seconds),
                "median": statistics.median(seconds),
                "slowest": max(seconds),
                "right": right,
            }
        )
    )


if __name__ == "__main__":
    main()
