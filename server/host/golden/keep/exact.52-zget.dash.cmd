zpool
get
-Hp
health
--
k
