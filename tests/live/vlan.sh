#!/bin/sh
# vlan.sh: VLAN tags that are beside the frame and tags that are in its bytes, direction
# and interface number, in every way of capturing, held against tcpdump.
# In: vlan_frames.tab, vlan.tab.  Out: TAP, a test for each line of vlan.tab.
. "${srcdir:-.}/tests/live/netns.sh"

tool=${BPFCAP:-${builddir:-.}/bpfcap}
push=${TAG_PUSH:-${builddir:-.}/tests/live/tag_push.bpf.o}
tables=${srcdir:-.}/tests/live
batch=14 # expressions at a time
[ -x "$tool" ] || skip_all "bpfcap is not built"
command -v setpriv >/dev/null || skip_all "this needs setpriv (util-linux)"

ways='cbpf user'
[ "$kinds" = packet ] || ways="ebpf ctx $ways" # ctx: eBPF without CAP_PERFMON
! command -v tcpdump >/dev/null || ways="$ways tcpdump"
only_ring="setpriv --bounding-set -all,+net_raw --inh-caps -all,+net_raw"
only_bpf="setpriv --bounding-set -all,+net_raw,+bpf --inh-caps -all,+net_raw,+bpf"

# A tag beside the frame is put there when it leaves; what is sent over veth keeps it.
beside=yes
for end in near:v0 far:v1; do
	name=${end#*:}
	eval "ns=\$${end%:*}"
	ip netns exec "$ns" tc qdisc add dev "$name" clsact 2>/dev/null &&
		ip netns exec "$ns" tc filter add dev "$name" egress bpf direct-action \
			object-file "$push" section tc 2>/dev/null || beside=no
done
if [ $beside = no ]; then
	echo "# no tc with eBPF here: no frames with a tag beside them"
fi

# frames SIDE: as hex, of vlan_frames.tab; SIDE, tag and number are in the source address.
frames() {
	awk -F'|' -v side="$1" -v beside=$beside '
	function pad(hex, size) {
		while (length(hex) < 2 * size)
			hex = hex "00"
		return hex
	}
	function ip(protocol, size, rest) {
		return sprintf("08004500%04x000000004%03x0000" "0a0900010a090002", size - 14,
			protocol) rest
	}
	/^#/ { next }
	{
		gsub(/ /, "", $2); gsub(/ /, "", $4)
		push = $2 == "-" ? 0 : $2
		if (push && beside == "no")
			next
		tags = ""
		n = split($3, tag, " ")
		for (i = 1; i <= n; i++) {
			two = split(tag[i], part, ".")
			tags = tags (two == 2 ? part[1] : "8100") sprintf("%04x", part[two])
		}
		udp = "10921092" sprintf("%04x", $5 - 34) "0000" "42504643"
		tcp = "10920050" "0000000000000000" "50020000" "00000000"
		what["udp"] = ip(17, $5, udp)
		what["tcp"] = ip(6, $5, tcp)
		what["tcp6"] = "86dd60000000" "0014063f" "fd00" pad("", 13) "01" \
			"fd00" pad("", 13) "02" tcp
		what["arp"] = "0806" "0001080006040002" pad("", 20)
		head = "ffffffffffff" "020000" side sprintf("%02x%02x", push, $1) tags
		print pad(head what[$4], $5 + length(tags) / 2)
	}' "$tables/vlan_frames.tab"
}

# wanted IN OUT: "2 5-7" as "0 02", "0 05" and so on, a line a frame, for each is sent twice;
# in is 0, out is 1.
wanted() {
	printf '%s\n' "$1" "$2" | awk '
	NR == FNR { sent[$1] = 1; next }
	{
		for (i = 1; i <= NF; i++) {
			two = split($i, n, "-")
			for (k = n[1]; n[1] != "" && k <= n[two]; k++) {
				line = sprintf("%d %02x", FNR - 1, k)
				if (sprintf("%02x", k) in sent)
					print line "\n" line
			}
		}
	}' "$work/sent" -
}

# seen FILE [EXPRESSION]: the same of a capture file.
seen() {
	file=$1
	shift
	"$tool" -e -n -t -r "$file" "$@" 2>"$work/said" | sed -n \
		's/.*02:00:00:0\([01]\):[0-9a-f]*:\([0-9a-f][0-9a-f]\)[ ,].*/\1 \2/p'
	grep -v '^reading from file' "$work/said" >>"$work/notes"
}

# launch NAME COMMAND...: in $far, in the background; its words go to NAME.err.
launch() {
	name=$work/$1
	shift
	timeout 60 ip netns exec "$far" "$@" >/dev/null 2>"$name.err" &
	pid="$pid $!"
	started="$started $name"
}

# One of each way; the line's number is part of the name.
launch_line() {
	for way in $ways; do
		file=$work/$at.$way
		# shellcheck disable=SC2086  # a list of options
		case $way in
		ebpf) launch "$at.$way" "$tool" -v -B 4096 $options -w "$file" "$text" ;;
		ctx) launch "$at.$way" $only_bpf "$tool" -v -B 4096 $options -w "$file" "$text" ;;
		cbpf) launch "$at.$way" $only_ring "$tool" -v -B 4096 $options -w "$file" "$text" ;;
		user)
			{ cat "$work/long" && echo "($text)"; } >"$file.filter"
			launch "$at.$way" $only_ring "$tool" -v -B 4096 $options -w "$file" \
				-F "$file.filter"
			;;
		tcpdump)
			[ "$asked" != '?' ] || continue
			launch "$at.$way" tcpdump --immediate-mode -n -s 2000 -Z root $options \
				-w "$file" "$asked"
			;;
		esac
	done
}

wait_for_all() {
	tries=200
	for name in $started; do
		until grep -q 'listening on' "$name.err"; do
			tries=$((tries - 1))
			[ $tries != 0 ] || return 1
			sleep 0.05
		done
	done
	sleep 0.1
}

# Sends all frames in both directions to those that were started, and ends them.
exchange() {
	wait_for_all || echo "# not all captures began"
	for _ in 1 2; do
		on_near "$send" hex v0 <"$work/in.hex"
		on_far "$send" hex v1 <"$work/out.hex"
	done
	sleep 0.8
	# shellcheck disable=SC2086  # a list
	kill $pid
	# shellcheck disable=SC2086
	wait $pid
	pid=
	started=
}

# said WAY: the capture says that it was done in that way, and that it lost nothing.
said() {
	case $1 in
	ebpf | ctx) words='as eBPF, on a packet socket' ;;
	cbpf) words='as classic BPF, on an AF_PACKET ring' ;;
	user) words='matching in user space' ;;
	esac
	grep -q "$words" "$work/$at.$1.err" &&
		grep -q '^0 packets dropped' "$work/$at.$1.err" || return 1
	[ "$1" != cbpf ] || ! grep -q 'matching in user space' "$work/$at.$1.err"
}

# same WHAT: what was seen is what was wanted, by tcpdump once at least: libpcap matches
# the first packet that its kernel filter lets pass again, in user space, with fewer bytes
# and without direction (pcap-linux.c, blocks_to_filter_in_userland).
same() {
	once=
	[ "$1" != tcpdump ] || once=-u
	sort $once "$work/want" >"$work/a"
	sort $once "$work/seen" >"$work/b"
	cmp -s "$work/a" "$work/b" && return
	echo "# $1:"
	diff "$work/a" "$work/b" | sed 's/^/# /'
	return 1
}

check_line() {
	good=ok
	: >"$work/notes"
	wanted "$in" "$out" >"$work/want"
	for way in $ways; do
		[ "$way:$asked" != 'tcpdump:?' ] || continue
		if [ "$way" != tcpdump ] && ! said "$way"; then
			sed "s/^/# $way: /" "$work/$at.$way.err"
			good=bad
		fi
		seen "$work/$at.$way" >"$work/seen"
		same "$way" || good=bad
	done
	if [ "$both" != '?' ]; then
		[ "$options" = '-i any' ] || wanted "$both" "$both" >"$work/want"
		seen "$work/all.${options#-i }" "$text" >"$work/seen"
		same "-r" || good=bad
	fi
	cp "$work/notes" "$work/out"
	: >"$work/err"
	report $good "$options: $text"
}

v1=$(ip -n "$far" -o link show v1 | cut -d: -f1)
lo=1
frames 00 >"$work/in.hex"
frames 01 >"$work/out.hex"
cut -c23-24 "$work/in.hex" >"$work/sent"
# what no program of the kernel's holds, and no packet here matches
awk 'BEGIN { for (i = 0; i < 2500; i++)
	printf "host 10.%d.%d.%d or\n", i % 199 + 20, i / 199, i * 7 % 251 }' >"$work/long"
# options|text|in|out|both|asked, without blanks round them, each filled in
awk -F' *[|] *' -v OFS='|' -v v1="$v1" -v lo=$lo '!/^#/ {
	sub(/ *$/, "", $6); gsub(/@v1/, v1, $2); gsub(/@lo/, lo, $2)
	if ($4 == "") $4 = $3
	if ($5 == "") $5 = $4
	if ($6 == "") $6 = $2
	print }' "$tables/vlan.tab" >"$work/lines"

for name in v1 any; do # all frames, for the column "file"
	launch "all.$name" "$tool" -v -i $name -w "$work/all.$name"
done
# shellcheck disable=SC2086  # a command and its options
launch ring.any $only_ring "$tool" -v -i any -w "$work/ring.any"
at=0
first=1
total=$(wc -l <"$work/lines")
while [ $first -le "$total" ]; do
	last=$((first + batch - 1))
	sed -n "$first,${last}p" "$work/lines" >"$work/some"
	at=$first
	while IFS='|' read -r options text in out both asked; do
		launch_line
		at=$((at + 1))
	done <"$work/some"
	exchange
	at=$first
	while IFS='|' read -r options text in out both asked; do
		check_line
		at=$((at + 1))
	done <"$work/some"
	first=$((last + 1))
done

# A cooked record names what it goes on with: IPv4 where no tag is left in the data.  Of
# two tags that were received the second one is, of those sent none, if the kernel knows it.
wanted '1-8 16 18' '1-11 14 16 18 19' >"$work/want"
seen "$work/all.any" ip >"$work/seen"
holds "-i any: types behind tags" same ip
case $(uname -r) in
[1-5].* | 6.[0-9].*) echo "# -i any: the ring needs Linux 6.10 for types behind tags" ;;
*)
	seen "$work/ring.any" ip >"$work/seen"
	holds "-i any: types behind tags, by the ring" same ip
	;;
esac
# -d -i: the program of the live capture; 4294963248 is SKF_AD_OFF + SKF_AD_VLAN_TAG_PRESENT
for what in '-i v1' '-y EN10MB'; do
	# shellcheck disable=SC2086  # an option and its argument
	on_far timeout 10 "$tool" -ddd $what vlan 2>&1 | grep -c ' 4294963248$'
done >"$work/out"
holds "-d -i v1 asks the kernel for the tag, -d -y EN10MB does not" \
	[ "$(tr '\n' ' ' <"$work/out")" = '1 0 ' ]
timeout 10 "$tool" -d -i any vlan >"$work/out" 2>"$work/err"
holds "-i any: no vlan" [ $? = 1 ]
holds "-i any: ... which it says" grep -q "'vlan' not supported on LINUX_SLL2" "$work/err"
done_testing
