#!/bin/sh
# compile.sh: compile time and program length, bpfcap against libpcap, in one run.
# In: the build directory ($builddir, default .), with `make tests/bench/compile` done.
# Out: a table.  LIMIT: seconds that one compile may take (default 60).

program=${builddir:-.}/tests/bench/compile
[ -x "$program" ] || { echo "compile.sh: make tests/bench/compile first" >&2; exit 77; }
limit=${LIMIT:-60}

printf '%-5s %7s %12s %12s %8s %9s %9s %7s\n' list entries 'bpfcap ms' 'libpcap ms' \
	faster bpfcap libpcap shorter
for kind in host port net; do
	for n in 10 100 1000 10000 100000; do
		[ "$kind$n" != port100000 ] || n=65536
		ours=$(timeout "$limit" "$program" bpfcap $kind $n)
		theirs=$(timeout "$limit" "$program" libpcap $kind $n 2>/dev/null)
		printf '%s %s %s;%s\n' $kind $n "$ours" "$theirs" | awk -v limit="$limit" -F';' '{
			split($1, o, " "); t = split($2, l, " ")
			if (t < 2)
				printf "%-5s %7d %12.2f %12s %8s %9d %9s %7s\n", o[1], o[2], \
					o[3] / 1e3, "> " limit " s", "-", o[4], "-", "-"
			else
				printf "%-5s %7d %12.2f %12.2f %8.1f %9d %9d %7.2f\n", o[1], o[2], \
					o[3] / 1e3, l[1] / 1e3, l[1] / o[3], o[4], l[2], l[2] / o[4]
		}'
	done
done
