zfs
destroy
k/x@b,c,d
