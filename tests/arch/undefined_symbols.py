"""The protocol library does no I/O: it refers to no symbol that opens, reads, sleeps, asks the clock or draws randomness."""

import re
import subprocess
import sys

FORBIDDEN = re.compile(
    r"^(open|openat|fopen|fdopen|creat|read|write|pread|pwrite|close|socket|connect|accept4?|bind|listen|send|sendto|"
    r"sendmsg|recv|recvfrom|recvmsg|poll|ppoll|select|epoll_.*|time|clock_gettime|gettimeofday|nanosleep|usleep|sleep|"
    r"fork|vfork|execv.*|system|popen|getenv|secure_getenv|getrandom|getentropy|rand|random|rand_r|srand|arc4random.*|"
    r"pthread_create|printf|puts|fprintf|fputs|fwrite|randombytes.*|zmq_.*|sqlite3_.*)$"
)
STD_FORBIDDEN = re.compile(
    r"std::(chrono::_V2::(system|steady)_clock::now|random_device|thread|basic_[io]?fstream|cout|cerr|cin|filesystem)"
)


def main() -> int:
    library = sys.argv[1]
    plain = subprocess.run(["nm", "--undefined-only", library], capture_output=True, text=True, check=True).stdout
    names = {line.split()[-1].split("@")[0] for line in plain.splitlines() if " U " in line}
    demangled = subprocess.run(["c++filt"], input="\n".join(sorted(names)), capture_output=True, text=True, check=True)
    bad = sorted(name for name in names if FORBIDDEN.match(name.removeprefix("__").removesuffix("_chk")))
    bad += [name for name in demangled.stdout.splitlines() if STD_FORBIDDEN.search(name)]
    if "protocol_code_name" not in subprocess.run(["nm", library], capture_output=True, text=True, check=True).stdout:
        bad.append("(nothing: this is not the protocol library)")
    print("\n".join(f"{library}: protocol refers to {name}" for name in bad) or f"{len(names)} symbols, none does I/O")
    return 1 if bad else 0


sys.exit(main())
