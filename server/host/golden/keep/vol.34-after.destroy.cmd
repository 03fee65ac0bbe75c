zfs
destroy
-r
k/vm/d1.after
