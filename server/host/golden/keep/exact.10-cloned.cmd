zfs
destroy
k/x@c,d
