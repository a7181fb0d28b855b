#!/bin/sh
# odd.sh: a device that is no network interface, through libpcap: the netfilter log.
. "${srcdir:-.}/tests/live/netns.sh"

tool=${BPFCAP:-${builddir:-.}/bpfcap}
file=$work/file.pcap
[ -x "$tool" ] || skip_all "bpfcap is not built"
for iptables in iptables-legacy iptables; do
	on_far $iptables -A OUTPUT -p udp -j NFLOG --nflog-group 0 2>/dev/null && break
	iptables=
done
[ -n "$iptables" ] || skip_all "no iptables with NFLOG here"

timeout 60 ip netns exec "$far" "$tool" -i nflog -c 10 -w "$file" 'greater 1' \
	2>"$work/err" &
pid=$!
tries=100
until grep -q 'listening on nflog' "$work/err"; do
	tries=$((tries - 1))
	[ $tries != 0 ] && kill -0 "$pid" 2>/dev/null || break
	sleep 0.05
done
sleep 0.2
on_far "$send" udp 127.0.0.1 12 100 >/dev/null
wait "$pid"
status=$?
pid=
holds "nflog: -c ends it well" [ $status = 0 ]
holds "nflog: ten packets" grep -q '^10 packets captured' "$work/err"
holds "nflog: its link type" [ "$(od -An -tu4 -j20 -N4 "$file" | tr -d ' ')" = 239 ]
holds "nflog: ten records" [ "$("$tool" -t -r "$file" 2>/dev/null | grep -c '4500 0080')" = 10 ]
done_testing
