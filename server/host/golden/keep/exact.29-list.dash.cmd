zfs
list
-Hp
-o
name
--
k/x
