zfs
list
-Hp
-t
snapshot
-o
name,userrefs
k/x
