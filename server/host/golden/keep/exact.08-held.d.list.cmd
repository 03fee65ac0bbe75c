zfs
list
-Hp
-t
snapshot
-o
name,userrefs,defer_destroy
k/x
