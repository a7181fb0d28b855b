#!/bin/sh
# tool.sh: bpfcap itself on an interface: counts, signals, fallbacks, big filters.
. "${srcdir:-.}/tests/live/netns.sh"
[ "$kinds" != packet ] || skip_all "this build has no eBPF capture"

tool=${BPFCAP:-${builddir:-.}/bpfcap}
[ -x "$tool" ] || skip_all "bpfcap is not built"
file=$work/file.pcap

is() { [ "$1" = "$2" ]; }
says() { grep -q "$1" "$work/err"; }
records() { "$tool" -n -t -r "$file" 2>/dev/null | wc -l; }
by_ebpf() { says 'as eBPF, on a packet socket'; }
by_ring() { says 'classic BPF, on an AF_PACKET ring'; }

# start ARGS...: bpfcap in $far, until it says that it listens.
start() {
	rm -f "$file"
	: >"$work/out"
	: >"$work/err"
	# shellcheck disable=SC2086  # a command and its options
	timeout 60 ip netns exec "$far" ${as:-} "$tool" "$@" >"$work/out" 2>"$work/err" &
	pid=$!
	tries=100
	until says 'listening on'; do
		tries=$((tries - 1))
		[ $tries != 0 ] && kill -0 "$pid" 2>/dev/null || return 1
		sleep 0.05
	done
	sleep 0.1
}

# finish [SIGNAL]: $status.
finish() {
	if [ -n "${1:-}" ]; then
		sleep 0.2
		kill -"$1" "$pid"
	fi
	wait "$pid"
	status=$?
	pid=
}

# counted CAPTURED RECEIVED DROPPED
counted() {
	says "^$1 packets* captured" && says "^$2 packets* received by filter" &&
		says "^$3 packets* dropped by kernel"
}

for signal in INT TERM; do
	start -v -i v1 -w "$file" udp
	on_near "$send" raw v0 1000 100 >/dev/null
	finish $signal
	holds "SIG$signal ends it well" is $status 0
	holds "SIG$signal: counters" counted 1000 1000 0
	holds "SIG$signal: a whole file" is "$(records)" 1000
	holds "SIG$signal: by eBPF" by_ebpf
done

start -v -i v1
on_near "$send" raw v0 3 60 >/dev/null
finish INT
holds "no expression: by eBPF" by_ebpf
holds "no expression: prints all" is "$(grep -c 10.9.0.2.4242 "$work/out")" 3

start -i v1 -c 5 -w "$file" udp
on_near "$send" raw v0 50 60 >/dev/null
finish
holds "-c 5 ends by itself" is $status 0
holds "-c 5: five records" is "$(records)" 5

start -i any -w "$file" 'udp and port 4242'
on_near "$send" raw v0 4 60 >/dev/null
on_far "$send" udp 127.0.0.1 4 60 >/dev/null
finish INT
holds "any: both interfaces, each packet once" is "$(records)" 8
holds "any: cooked" is "$(od -An -tu4 -j20 -N4 "$file" | tr -d ' ')" 276

start -i v1 -w "$file" udp
on_near "$send" raw v0 20 60 >/dev/null
ip -n "$far" link del v1
finish
holds "interface deleted: status 1" is $status 1
holds "interface deleted: says so" says 'v1: the interface disappeared'
holds "interface deleted: all before it is in the file" is "$(records)" 20
make_veth

# More than a socket takes as it is (optmem_max), and than cBPF allows.
i=0
while [ $i -lt 5000 ]; do
	echo "host 10.$((i % 199 + 20)).$((i / 199)).$((i * 7 % 251)) or"
	i=$((i + 1))
done >"$work/filter"
echo 'host 10.9.0.1' >>"$work/filter"
start -v -i v1 -F "$work/filter" -w "$file"
on_near "$send" raw v0 10 60 >/dev/null
finish INT
holds "5,001 hosts: by eBPF" by_ebpf
holds "5,001 hosts: match" counted 10 10 0

# With CAP_NET_RAW only.
if command -v setpriv >/dev/null && [ -x "$tool" ]; then
	chmod 755 "$work"
	cp "$tool" "$work/bpfcap"
	chmod 644 "$work/filter"
	tool=$work/bpfcap
	as="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=+net_raw
		--ambient-caps=+net_raw"
	start -v -i v1 -n udp
	on_near "$send" raw v0 10 60 >/dev/null
	finish INT
	holds "CAP_NET_RAW only: by the ring" by_ring
	holds "CAP_NET_RAW only: all packets" counted 10 10 0
	start -v -i v1 -F "$work/filter"
	on_near "$send" raw v0 10 60 >/dev/null
	finish INT
	holds "5,001 hosts as cBPF: matched in user space" says 'matching in user space'
	holds "5,001 hosts as cBPF: match" counted 10 10 0
	as="setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all"
	start -i v1
	finish
	holds "no capability: status 1" is $status 1
	holds "no capability: says what is missing" says 'opening a packet socket'
	as=
fi

# Of bpfcap, the child of timeout: a field of its status.
status_of() {
	read -r child </proc/"$pid"/task/"$pid"/children
	sed -n "s/^$1:[[:space:]]*//p" "/proc/$child/status"
}

start -i v1 -w "$file" udp
holds "root keeps the rights to its files only" is "$(status_of CapEff)" 000000000000000a
finish INT

file=$work/open/file.pcap
mkdir -m 1777 "$work/open"
chmod 755 "$work"
start -i v1 -Z nobody -w "$file" udp
user=$(status_of Uid)
on_near "$send" raw v0 10 60 >/dev/null
finish INT
holds "-Z: another user" is "${user%%[!0-9]*}" "$(id -u nobody)"
holds "-Z: the file is that user's" is "$(stat -c %U "$file")" nobody
holds "-Z: all packets" counted 10 10 0

if command -v tcpdump >/dev/null; then
	on_far tcpdump -D >"$work/theirs" 2>/dev/null
	on_far "$tool" -D >"$work/out" 2>"$work/err"
	holds "-D as tcpdump's" cmp -s "$work/out" "$work/theirs"
fi
done_testing
