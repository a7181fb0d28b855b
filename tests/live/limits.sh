#!/bin/sh
# limits.sh: filters that the kernel does not take as classic BPF: what is said, and that
# they match all the same.  With CAP_NET_RAW only, so that eBPF is not to be had.
. "${srcdir:-.}/tests/live/netns.sh"
[ "$kinds" != packet ] || skip_all "this build has no eBPF capture"
command -v setpriv >/dev/null || skip_all "this needs setpriv (util-linux)"
tool=${BPFCAP:-${builddir:-.}/bpfcap}
[ -x "$tool" ] || skip_all "bpfcap is not built"

says() { grep -q -e "$1" "$work/err"; }
silent() { ! says "$1"; }
counted() { says "^$1 packets* captured" && says "^0 packets dropped by kernel"; }
limit() { ip netns exec "$far" sysctl -qw net.core.optmem_max="$1" 2>/dev/null; }

# hosts NUMBER: so many that are not there, and the one that sends.
hosts() {
	awk -v n="$1" 'BEGIN {
		for (i = 1; i < n; i++)
			printf "host 10.%d.%d.%d or\n", i % 199 + 20, i / 199, i * 7 % 251
		print "host 10.9.0.1" }'
}

chmod 755 "$work"
cp "$tool" "$work/bpfcap"
tool=$work/bpfcap

# run HOSTS: a capture of ten packets with so many in the filter.
run() {
	hosts "$1" >"$work/filter"
	chmod 644 "$work/filter"
	: >"$work/err"
	timeout 60 ip netns exec "$far" setpriv --reuid 65534 --regid 65534 --clear-groups \
		--inh-caps="${rights:-+net_raw}" --ambient-caps="${rights:-+net_raw}" \
		"$tool" -v -n -i v1 -F "$work/filter" >"$work/out" 2>"$work/err" &
	pid=$!
	tries=200
	until says 'listening on'; do
		tries=$((tries - 1))
		[ $tries != 0 ] && kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.05
	done
	sleep 0.1
	on_near "$send" raw v0 10 60 >/dev/null
	sleep 0.3
	kill -INT "$pid"
	wait "$pid"
	pid=
}

ring='as classic BPF, on an AF_PACKET ring'
here='capturing all packets, on an AF_PACKET ring, and matching here'

run 300
holds "300 hosts: the kernel matches" says "$ring"
holds "300 hosts: user space does not" silent 'matching'
holds "300 hosts: all packets" counted 10

run 4000
holds "4,000 hosts: more than 4,096 instructions" \
	says 'has [0-9]* instructions as classic BPF, of which the kernel takes 4096'
holds "4,000 hosts: who matches" says "$here"
holds "4,000 hosts: ... and nobody else" silent "$ring"
holds "4,000 hosts: what would do" says 'as eBPF, for which this process needs CAP_BPF'
holds "4,000 hosts: not the sysctl" silent optmem_max
holds "4,000 hosts: all packets" counted 10

# The limit belongs to the namespace since kernel 6.8.
was=$(sysctl -n net.core.optmem_max)
if limit 10240 && [ "$(sysctl -n net.core.optmem_max)" = "$was" ]; then
	run 1000
	holds "1,000 hosts, optmem_max 10240: too small" \
		says 'classic BPF (net.core.optmem_max is too small): matching in user space'
	holds "1,000 hosts, optmem_max 10240: what would do" says 'or raise that sysctl'
	holds "1,000 hosts, optmem_max 10240: who matches" says "$here"
	holds "1,000 hosts, optmem_max 10240: all packets" counted 10
	rights=+net_raw,+bpf
	run 1000
	holds "1,000 hosts, optmem_max 10240, CAP_BPF: eBPF takes it" says 'as eBPF, on a packet'
	holds "1,000 hosts, optmem_max 10240, CAP_BPF: all packets" counted 10
	rights=
	limit 1000000
	run 1000
	holds "1,000 hosts, optmem_max raised: the kernel matches" says "$ring"
else
	report ok "optmem_max # SKIP it is not the namespace's own here"
fi
done_testing
