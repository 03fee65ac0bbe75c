zfs
promote
k/c
