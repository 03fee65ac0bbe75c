zfs
inherit
compression
k/cs
