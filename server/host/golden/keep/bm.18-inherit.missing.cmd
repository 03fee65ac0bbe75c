zfs
inherit
compression
k/none
