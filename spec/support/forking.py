"""Another server beside this one, with all that this process knows: a fork that listens anew.

Only the main thread forks, in the handler of a signal, and only while nobody but the one who asked
for it is served."""
import ctypes
import gc
import os
import queue
import signal
import threading

NOW = {}
DIE_WITH_PARENT = 1


def prepare(server, make):
    NOW.update(server=server, make=make, answers=queue.SimpleQueue())
    signal.signal(signal.SIGUSR1, split)


def fork():
    """Called by a thread that serves somebody; the port and the pid of the new server."""
    signal.pthread_kill(threading.main_thread().ident, signal.SIGUSR1)
    return NOW["answers"].get()


def split(*_):
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them
    gc.freeze()  # the collector touches none of the pages that both have
    server = NOW["make"]()
    pid = os.fork()
    if pid:
        server.socket.close()
        NOW["answers"].put({"port": server.server_address[1], "pid": pid})
        return
    ctypes.CDLL(None).prctl(DIE_WITH_PARENT, signal.SIGKILL)
    NOW["server"].socket.close()
    NOW.update(server=server, answers=queue.SimpleQueue())
    os.dup2(os.open(os.devnull, os.O_RDWR), 1)
    server.serve_forever()
