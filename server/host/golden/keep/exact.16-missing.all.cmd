zfs
destroy
k/x@nope
