zpool
status
--
k
