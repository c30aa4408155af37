# SPDX-License-Identifier: MIT
# Read by CTest before the tests of a build with sanitizers.

# GCC 12's AddressSanitizer guesses the size of a thread-local block that lies 16 bytes into
# a page from the words before it, and its leak check then reads wherever those point. Without
# the guess it doesn't look into such blocks; the programs keep nothing in them alone.
set(ENV{ASAN_OPTIONS} "intercept_tls_get_addr=0:$ENV{ASAN_OPTIONS}")
