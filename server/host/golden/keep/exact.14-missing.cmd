zfs
destroy
k/x@c,nope
