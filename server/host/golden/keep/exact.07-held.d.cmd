zfs
destroy
-d
k/x@c
