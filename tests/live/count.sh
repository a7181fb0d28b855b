#!/bin/sh
# count.sh: every packet once, in order, whole or cut, with its tag: by eBPF and by the
# AF_PACKET ring, figure by figure.
. "${srcdir:-.}/tests/live/netns.sh"

# first_bytes FROM TO: hex digits of the first packet that was printed.
first_bytes() { awk 'NR == 1 { print $3 }' "$work/out" | cut -c "$1-$2"; }
is() { [ "$1" = "$2" ]; }
promiscuity() { ip -n "$far" -d link show v1 | sed -n 's/.*promiscuity \([0-9]*\).*/\1/p'; }

counts() {
	begin -k "$1" -i v1 udp
	on_near "$send" raw v0 10000 60 >/dev/null
	end
	want "$1: 10,000 packets" captured 10000 received 10000 dropped 0 seen 10000 \
		order 0 backwards 0 off 0 bytes 600000

	begin -k "$1" -i lo udp
	bytes=0
	for size in 18 54 55 100 182 183 400 438 439 900 950 951 1400 1526 1527 4000 4022 \
		4023 16310 16311 40000 65507; do
		on_far "$send" udp 127.0.0.1 10 $size 500 >/dev/null
		bytes=$((bytes + 10 * (size + 42)))
	done
	end
	want "$1: all sizes on lo, once" captured 220 received 220 dropped 0 bytes $bytes \
		longest 65549 shorter 0

	for snap in 14 96 97 256 257 1000; do
		begin -k "$1" -i v1 -s $snap udp
		on_near "$send" raw v0 10 1400 >/dev/null
		end
		want "$1: snap length $snap" captured 10 bytes $((10 * snap)) shorter 10 \
			longest 1400
	done
}

tags() {
	begin -k "$1" -i v1 -v 'greater 1'
	on_near "$send" raw v0 1 60 5 >/dev/null
	end
	holds "$1: VLAN tag is put back" is "$(first_bytes 25 36)" 810000050800
	want "$1: ... and counted" longest 60 bytes 60
	begin -k "$1" -i v1 -v 'greater 1'
	on_near "$send" raw v0 1 100 7 9 >/dev/null
	end
	holds "$1: both tags of 802.1ad" is "$(first_bytes 25 44)" 88a80007810000090800
	begin -k "$1" -i v1 -v -s 14 'greater 1'
	on_near "$send" raw v0 1 60 5 >/dev/null
	end
	holds "$1: tag cut by the snap length" is "$(first_bytes 25 40)" 8100
}

short_tags() {
	begin -k "$1" -i v1 -s 8 'greater 1'
	on_near "$send" raw v0 1 60 5 >/dev/null
	end
	want "$1: a tag beyond the snap length counts" longest 60 bytes 8 shorter 1
}

cooked() {
	begin -k "$1" -i any -v udp
	on_near "$send" raw v0 3 60 >/dev/null
	end
	want "$1: any counts" captured 3 received 3 longest 66
	index=$(on_far cat /sys/class/net/v1/ifindex 2>/dev/null)
	[ -n "$index" ] || index=$(ip -n "$far" -o link show v1 | cut -d: -f1)
	header=$(printf '08000000%08x0001010602000000000100004500' "$index")
	holds "$1: any's cooked header" is "$(first_bytes 1 44)" "$header"
	begin -k "$1" -i any 'len = 66'
	on_near "$send" raw v0 3 60 >/dev/null
	end
	want "$1: any's len counts its header" captured 3

	begin -k "$1" -i any -v udp
	on_far "$send" udp 127.0.0.1 3 100 >/dev/null
	end
	want "$1: any sees lo once" captured 3 received 3
	holds "$1: ... with lo's type" is "$(first_bytes 9 24)" 0000000103040006

	begin -k "$1" -i any -v udp
	ip -n "$far" link add later type veth peer name later0
	ip -n "$far" link set later up
	ip -n "$far" link set later0 up
	on_far "$send" raw later0 2 60 >/dev/null
	end
	ip -n "$far" link del later
	want "$1: an interface that came later" captured 4
	holds "$1: ... has its type" is "$(first_bytes 17 24)" 00010406
}

modes() {
	begin -k "$1" -i v1 -p udp
	holds "$1: promiscuous" is "$(promiscuity)" 1
	end
	holds "$1: ... no longer" is "$(promiscuity)" 0
	for way in in:7 out:5; do
		begin -k "$1" -i v1 -Q ${way%:*} udp
		on_near "$send" raw v0 7 60 >/dev/null
		on_far "$send" raw v1 5 60 >/dev/null
		end
		want "$1: direction ${way%:*}" captured ${way#*:} received ${way#*:}
	done
	begin -k "$1" -i v1 -I -c 5 udp
	on_near "$send" udp 10.9.0.2 5 60 >/dev/null
	wait "$pid"
	holds "$1: immediate, stops by itself" is $? 0
	pid=
	want "$1: ... with its five" numbered 5 order 0
}

for kind in $kinds; do
	begin -k $kind -i v1
	on_near "$send" raw v0 10 60 >/dev/null
	end
	want "$kind: without an expression" numbered 10 order 0
	counts $kind
	tags $kind
	short_tags $kind
	cooked $kind
	modes $kind
done
done_testing
