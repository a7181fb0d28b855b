#!/bin/sh
# drop.sh: --hook drop: packets that the kernel drops, and why.
. "${srcdir:-.}/tests/live/netns.sh"
[ "$kinds" != packet ] || skip_all "this build has no eBPF capture"

tool=${BPFCAP:-${builddir:-.}/bpfcap}
[ -x "$tool" ] || skip_all "bpfcap is not built"
grep -aq SKB_DROP_REASON_NO_SOCKET /sys/kernel/btf/vmlinux 2>/dev/null ||
	skip_all "this kernel gives no reasons for its drops"
file=$work/file.pcap
where=$far
# What is counted in all namespaces has a port of this test's own.
port=$((20000 + $$ % 20000))

is() { [ "$1" = "$2" ]; }
says() { grep -q "$1" "$work/err"; }
lines() { grep -c "$1" "$work/out"; }

# start ARGS...: bpfcap --hook drop in $where, until it says that it listens.
start() {
	: >"$work/out"
	: >"$work/err"
	# shellcheck disable=SC2086  # a command and its options
	timeout 60 ip netns exec "$where" ${as:-} "$tool" --hook drop -n -v "$@" \
		>"$work/out" 2>"$work/err" &
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
	sleep 0.2
	[ -z "${1:-}" ] || kill -"$1" "$pid"
	wait "$pid" 2>/dev/null
	status=$?
	pid=
}

# counted NUMBER: captured and received, and none was lost.
counted() {
	says "^$1 packets* captured" && says "^$1 packets* received by filter" &&
		says '^0 packets dropped by kernel'
}

# A port that nobody listens on.
start -i v1 'udp dst port 4242'
on_near "$send" udp 10.9.0.2 100 60 >/dev/null
finish INT
holds "UDP to a closed port: ends well" is $status 0
holds "... counters" counted 100
holds "... the reason, the interface, the packet" is \
	"$(lines '^[0-9:.]* drop NO_SOCKET v1 .* UDP (17), length 88')" 100

start -i v1 'udp dst port 4243'
on_near "$send" udp 10.9.0.2 100 60 >/dev/null
finish INT
holds "... another port: none" counted 0

# The filter's reads: in the first bytes, behind a header, and far behind them.
on_near "$send" udp 10.9.0.2 1 60 >/dev/null
for filter in 'udp[1007] = 0' 'udp[8:4] = 0x42504643' 'ip[28:4] = 0x42504643' 'udp[1000] = 0' 'len = 1048' \
	'udp and ip[2:2] - 1 = 1027 and not tcp' 'ifindex 1 or greater 1000'; do
	start -i v1 "udp and $filter"
	on_near "$send" udp 10.9.0.2 10 1000 >/dev/null
	finish TERM
	holds "$filter" counted 10
done
start -i v1 'udp[1008] = 0' # behind the last byte
on_near "$send" udp 10.9.0.2 10 1000 >/dev/null
finish TERM
holds "a byte that is not there" counted 0

# TCP; the connection's first packet is answered, so there is one of each.
if command -v bash >/dev/null; then
	start -i v1 'tcp[tcpflags] & tcp-syn != 0'
	on_near timeout 5 bash -c 'exec 3<>/dev/tcp/10.9.0.2/81' 2>/dev/null
	finish INT
	holds "TCP SYN to a closed port" counted 1
	holds "... the reason" is "$(lines 'drop NO_SOCKET .*v1 .*TCP')" 1
fi

# checksums: of the IP header, of UDP
{
	echo '020000000002 020000000001 0800 4500001e00000000401166ce0a0900010a090002' \
		'10921092000a 0000 4142'
	echo '020000000002 020000000001 0800 4500001e00000000401166bb0a0900010a090002' \
		'10921092000a 0001 4142'
} | tr -d ' ' >"$work/frames"
start -i v1 udp
on_near "$send" hex v0 <"$work/frames"
finish INT
holds "wrong checksums" counted 2
holds "... of IP" is "$(lines 'drop IP_CSUM ')" 1
holds "... of UDP" is "$(lines 'drop UDP_CSUM ')" 1

# a rule of netfilter's; what is sent has no interface yet, but a route
rule() { ip netns exec "$1" iptables -w 5 "$2" "$3" -p udp --dport 4242 -j DROP 2>/dev/null; }
if command -v iptables >/dev/null && rule "$far" -A INPUT; then
	start -i v1 'udp port 4242'
	on_near "$send" udp 10.9.0.2 50 60 >/dev/null
	finish INT
	holds "a rule for what is received" counted 50
	holds "... the reason" is "$(lines 'drop NETFILTER_DROP v1 ')" 50
	rule "$far" -D INPUT
	rule "$near" -A OUTPUT
	where=$near
	start -i v0 'udp port 4242'
	on_near bash -c 'for i in 1 2 3; do echo BPFC >/dev/udp/10.9.0.2/4242; done' 2>/dev/null
	finish INT
	holds "a rule for what is sent" counted 3
	holds "... the reason" is "$(lines 'drop NETFILTER_DROP v0 ')" 3
	where=$far
	rule "$near" -D OUTPUT
fi

# A socket that is closed with packets in its queue: there the kernel keeps other things in
# the place of the interface, and nothing that tells the namespace.
python=$(command -v python3)
if [ -n "$python" ]; then
	start "udp dst port $port"
	: >"$work/bound"
	ip netns exec "$far" "$python" -c '
import socket, sys, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(("10.9.0.2", int(sys.argv[1])))
print("bound", flush=True)
time.sleep(1)
s.close()' "$port" >"$work/bound" &
	reader=$!
	tries=100
	until grep -q bound "$work/bound" || [ $tries = 0 ]; do
		tries=$((tries - 1))
		sleep 0.05
	done
	on_near "$python" -c '
import socket, sys
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
for i in range(20):
    s.sendto(b"BPFC", ("10.9.0.2", int(sys.argv[1])))' "$port"
	wait $reader
	sleep 1 # the kernel takes the socket apart a little later
	finish INT
	holds "a socket is closed that has not been read" counted 20
	holds "... the interface" is "$(lines 'drop [A-Z_]* v1  .* UDP (17), length 32')" 20
fi

# What a connection has is of no interface any more: segments far off its window.
if [ -n "$python" ]; then
	: >"$work/bound"
	ip netns exec "$far" timeout 20 "$python" -c '
import socket
s = socket.socket()
s.bind(("10.9.0.2", 4244))
s.listen()
print("bound", flush=True)
s.accept()[0].recv(1)' >"$work/bound" &
	reader=$!
	tries=100
	until grep -q bound "$work/bound" || [ $tries = 0 ]; do
		tries=$((tries - 1))
		sleep 0.05
	done
	start -i v1 'tcp dst port 4244 and tcp[tcpflags] = tcp-ack'
	on_near "$python" -c '
import socket, struct, time
near, far = socket.inet_aton("10.9.0.1"), socket.inet_aton("10.9.0.2")
c = socket.create_connection(("10.9.0.2", 4244))
port = c.getsockname()[1]
raw = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_RAW)
def segment(seq, sum):
    return struct.pack("!HHIIBBHHH", port, 4244, seq, 1, 0x50, 0x10, 999, sum, 0)
for i in range(3):
    seq = 12345 + i * 1000000000
    words = near + far + struct.pack("!HH", 6, 20) + segment(seq, 0)
    n = sum(struct.unpack("!%dH" % (len(words) // 2), words))
    n = (n & 0xffff) + (n >> 16)
    n = (n & 0xffff) + (n >> 16)
    ip = struct.pack("!BBHHHBBH", 0x45, 0, 40, 1, 0, 64, 6, 0) + near + far
    raw.sendto(ip + segment(seq, ~n & 0xffff), ("10.9.0.2", 0))
time.sleep(0.3)
c.send(b".")'
	wait $reader
	finish INT
	holds "TCP, outside the window" counted 3
	holds "... the reasons" is "$(lines 'drop TCP_[A-Z_]*SEQUENCE v1 .*TCP')" 3
fi

# Only this interface, and only that of this namespace: lo has the same number in all.
# Without -i, and with any: all there are.
# talk NAMESPACE ADDRESS: five datagrams to a port that nobody listens on.
talk() {
	ip netns exec "$1" bash -c 'for i in 1 2 3 4 5; do
		echo BPFC >"/dev/udp/$0/$1"; done' "$2" "$port" 2>/dev/null
}
if command -v bash >/dev/null; then
	start -i v1 udp
	talk "$near" 127.0.0.1
	talk "$far" 127.0.0.1
	finish INT
	holds "drops on other interfaces are not seen" counted 0
	start -i lo udp
	talk "$near" 127.0.0.1
	talk "$far" 127.0.0.1
	finish INT
	holds "lo is that of this namespace" counted 5
	for all in '' '-i any'; do
		# shellcheck disable=SC2086  # none or two words
		start $all "udp dst port $port and len = 53"
		talk "$near" 127.0.0.1
		talk "$far" 127.0.0.1
		talk "$near" 10.9.0.2
		finish INT
		holds "all there are (${all:-no -i})" counted 15
	done
fi

# A file: cooked, the whole packet, in the order of time.
start -i v1 -w "$file" -s 64 'udp port 4242'
on_near "$send" udp 10.9.0.2 1000 100 >/dev/null
finish INT
holds "1000 packets, to a file" counted 1000
"$tool" -n -e -r "$file" >"$work/out" 2>"$work/err"
holds "... LINUX_SLL2" says 'LINUX_SLL2'
holds "... with the sender's address" is \
	"$(lines ' v\{0,1\}.*02:00:00:00:00:01 ethertype IPv4 .*length 148: ')" 1000
"$tool" -n -r "$file" -w "$work/again" 'udp dst port 4242 and len = 148' 2>/dev/null
holds "... the same filter matches them there" cmp -s "$file" "$work/again"

# A small ring overflows: received is captured and dropped together.
start -i v1 -B 4 -s 2000 -w "$file" 'udp port 4242'
kill -STOP "$(pgrep -P "$pid" | head -n 1)" 2>/dev/null
on_near "$send" udp 10.9.0.2 2000 1000 >/dev/null
kill -CONT "$(pgrep -P "$pid" | head -n 1)" 2>/dev/null
finish INT
holds "a full ring: all are counted" awk '/captured/ { c = $1 } /received/ { r = $1 }
	/dropped/ { d = $1 } END { exit !(r == 2000 && c + d == r && d > 0) }' "$work/err"

# Nothing stays behind.  Other captures may come and go: what counts is the program that
# this one holds.
# holds_program: it does; its number goes to $id.
holds_program() {
	child=$(pgrep -P "$pid" | head -n 1)
	id=$(sed -n 's/^prog_id:[[:space:]]*//p' /proc/"$child"/fdinfo/* 2>/dev/null | sort -u)
	bpftool prog show id "$id" 2>/dev/null | grep -q 'name capture_drop'
}
# gone: it is not there; the kernel frees one a little later.
gone() {
	tries=60
	while bpftool prog show id "$id" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ $tries != 0 ] || return 1
		sleep 0.05
	done
}
if command -v bpftool >/dev/null; then
	start -i v1 udp
	holds "it is loaded" holds_program
	finish INT
	holds "nothing is left after SIGINT" gone
	start -i v1 udp
	holds "it is loaded again" holds_program
	kill -KILL "$child" 2>/dev/null
	wait "$pid" 2>/dev/null
	pid=
	holds "nothing is left after SIGKILL" gone
fi

# What it cannot do, it says.
start -i v1 -Q in udp
finish
holds "-Q: refused" is $status 1
holds "... and says who can" says 'which way a packet goes.*; hooks that know: socket'
start -i v1 vlan 7
finish
holds "vlan: an error" is $status 1
if command -v setpriv >/dev/null; then
	chmod 755 "$work"
	cp "$tool" "$work/bpfcap"
	[ -x "${tool%/*}/.libs/bpfcap" ] && cp "${tool%/*}/.libs/bpfcap" "$work/bpfcap"
	tool=$work/bpfcap
	as="setpriv --reuid 65534 --regid 65534 --clear-groups"
	start -i v1 udp
	finish
	holds "without rights: refused" is $status 1
	holds "... and says which" says 'CAP_BPF and CAP_PERFMON.*have them.*setcap'
	as="$as --inh-caps=+bpf,+net_raw --ambient-caps=+bpf,+net_raw"
	start -i v1 udp
	finish
	holds "CAP_BPF alone" says 'does not have CAP_PERFMON'
	as="setpriv --reuid 65534 --regid 65534 --clear-groups"
	as="$as --inh-caps=+bpf,+perfmon --ambient-caps=+bpf,+perfmon"
	start -i v1 'udp port 4242'
	on_near "$send" udp 10.9.0.2 10 60 >/dev/null
	finish INT
	holds "CAP_BPF and CAP_PERFMON are enough" counted 10
fi
done_testing
