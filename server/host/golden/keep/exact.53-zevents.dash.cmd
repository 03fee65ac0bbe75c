zpool
events
-H
--
k
