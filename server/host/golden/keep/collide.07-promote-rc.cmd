zfs
list
-Hp
-o
name,origin
-t
volume
