"""Runs a program on a terminal of its own, and types an answer where it asks.

    on_terminal.py QUESTION shown|hidden ANSWER PROGRAM [ARGUMENT...]

A hidden answer is typed once the terminal shows no more what is typed: what came before that is
thrown away. ANSWER_AFTER in the environment: seconds that the person thinks. Prints all that the terminal showed; ends as the program does.
"""
import os
import pty
import sys
import termios
import time

question, hidden, answer = sys.argv[1].encode(), sys.argv[2] == "hidden", sys.argv[3].encode()
pid, fd = pty.fork()
if pid == 0:
    os.execvp(sys.argv[4], sys.argv[4:])


def echoes():
    return termios.tcgetattr(fd)[3] & termios.ECHO


seen, typed = b"", False
while True:
    try:
        part = os.read(fd, 4096)
    except OSError:  # the other side is closed
        part = b""
    if not part:
        break
    seen += part
    if not typed and question in seen:
        while hidden and echoes():
            time.sleep(0.01)
        time.sleep(float(os.environ.get("ANSWER_AFTER", "0")))
        os.write(fd, answer + b"\n")
        typed = True
_, status = os.waitpid(pid, 0)
sys.stdout.write(seen.decode(errors="replace").replace("\r\n", "\n"))
sys.exit(os.waitstatus_to_exitcode(status))
