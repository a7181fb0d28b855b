#!/bin/sh
# none.sh: stands for the proofs in a build without Z3.
echo '1..0 # SKIP built without Z3: install libz3-dev, configure again --with-z3'
exit 77
