zfs
destroy
-nvpr
k/vm/d1.after
