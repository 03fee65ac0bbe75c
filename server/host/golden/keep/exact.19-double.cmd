zfs
destroy
k/x@d,d
