zfs
destroy
k/x@d,e
