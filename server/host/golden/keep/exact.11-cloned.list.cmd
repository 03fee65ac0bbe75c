zfs
list
-Hp
-t
snapshot
-o
name
k/x
