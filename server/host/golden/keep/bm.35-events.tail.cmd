sh
-c
zpool events -vH | tail -60
