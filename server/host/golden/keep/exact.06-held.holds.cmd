zfs
holds
-Hp
k/x@c
