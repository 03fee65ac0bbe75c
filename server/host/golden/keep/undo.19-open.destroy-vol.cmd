zfs
destroy
-r
k/u
