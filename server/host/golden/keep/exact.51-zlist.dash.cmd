zpool
list
-Hp
-o
name
--
k
