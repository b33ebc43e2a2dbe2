#!/usr/bin/env python3
"""loops.py FUNCTION OPCODE <SASS: the instructions in each of the innermost loops of a
function that have an opcode, on one line. Licence: LGPL-2.1-or-later."""
import re
import sys


def read(function):
    """Instructions of a function, and where its labels are."""
    code, labels, inside = [], {}, False
    for line in sys.stdin:
        if match := re.match(r"\.text\.(\w+):", line.strip()):
            inside = match[1] == function
        elif inside and (match := re.match(r"\s*(\.L\w+):", line)):
            labels[match[1]] = len(code)
        elif inside and (match := re.match(r"\s*/\*[0-9a-f]+\*/\s+(.*?);", line)):
            code.append(match[1])
    return code, labels


def main():
    code, labels = read(sys.argv[1])
    loops = []
    for i, text in enumerate(code):
        match = re.search(r"BRA.*`\((\.L\w+)\)", text)
        if match and labels.get(match[1], i + 1) <= i:
            loops.append((labels[match[1]], i))
    inner = [a for a in loops
             if not any(b != a and a[0] <= b[0] and b[1] <= a[1] for b in loops)]
    print(*(b - a + 1 for a, b in inner
            if any(re.search(rf"\b{sys.argv[2]}\b", text) for text in code[a:b + 1])))


main()
