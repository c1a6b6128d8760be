#!/usr/bin/env python3
"""Draws the inventory of the bundled logs as docs/inventory.svg.

Usage: cargo build --release && docs/picture.py [PROGRAM]
"""

import html
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
CELL, LINE, PAD = 8.4, 19, 18
COLORS = {"31": "#f38ba8", "32": "#a6e3a1", "33": "#f9e2af", "34": "#89b4fa", "35": "#f5c2e7", "36": "#94e2d5", "90": "#7f849c"}


def main() -> None:
    program = sys.argv[1] if len(sys.argv) > 1 else HERE.parent / "target/release/umbrascope"
    command = [program, "scan", "sample-logs", "--top", "14", "--color", "always"]
    text = subprocess.run(command, cwd=HERE.parent, check=True, capture_output=True, text=True, env={"COLUMNS": "110"}).stdout
    lines = re.split(r"\n[^\n]*What was read", text)[0].rstrip().split("\n")
    lines = ["\x1b[1m$ umbrascope scan sample-logs --top 14\x1b[0m", ""] + lines
    width = max(len(re.sub(r"\x1b\[[0-9;]*m", "", line)) for line in lines) * CELL + 2 * PAD
    height = len(lines) * LINE + 2 * PAD
    out = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height}" role="img" aria-label="The inventory of the bundled logs in a terminal">',
        f'<rect width="100%" height="100%" rx="10" fill="#1e1e2e"/>',
        '<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="14" fill="#cdd6f4" xml:space="preserve">',
    ]
    for row, line in enumerate(lines):
        y = PAD + (row + 1) * LINE - 5
        column, style = 0, ""
        for part in re.split(r"(\x1b\[[0-9;]*m)", line):
            if part.startswith("\x1b"):
                codes = part[2:-1].split(";")
                if codes in ([""], ["0"]):
                    style = ""
                for code in codes:
                    if code == "1":
                        style += ' font-weight="bold"'
                    elif code == "2":
                        style += ' opacity="0.65"'
                    elif code in COLORS:
                        style += f' fill="{COLORS[code]}"'
            elif part:
                # Each cell stands at its own place, so that columns stay columns in any font.
                for cell in re.finditer(r"\S+(?: \S+)*", part):
                    x, length = PAD + (column + cell.start()) * CELL, len(cell.group()) * CELL
                    out.append(
                        f'<text x="{x:.1f}" y="{y}" textLength="{length:.1f}" lengthAdjust="spacingAndGlyphs"{style}>{html.escape(cell.group())}</text>'
                    )
                column += len(part)
    out.append("</g></svg>")
    (HERE / "inventory.svg").write_text("\n".join(out) + "\n", encoding="utf-8")


main()
