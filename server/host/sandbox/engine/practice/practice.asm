; The practice guest: a small program of our own that boots on any PC BIOS, so that a sandbox has something to run.
; It draws a skep, its disk's label and how often it was booted, keeps typed lines on its disk, obeys the ACPI power
; button, and can reset, halt, triple fault and turn itself off. Build: nasm -f bin practice.asm -o practice.bin
;
; The disk, in sectors of 512 bytes:
;   0..63    this program
;   64       identity: "SKEPDISK", +8 version 1, +9 colour 0..5, +12 boots (u32), +16 notes (u32), +32 label (32 bytes)
;   128..    the notes, one a sector: the text, then zeros
; On a CD it is the El Torito boot image; it then installs itself on the first disk if that one's first sector is zero.

        bits 16
        org 0x7c00

IDENTITY_LBA    equ 64
NOTES_LBA       equ 128
MOST_NOTES      equ 4096
LABEL_MAX       equ 30
LINE_MAX        equ 54
PROGRAM_SECTORS equ 64
COM1            equ 0x3f8

; ---- memory below the program; nothing of the program itself is ever written, it must install as it was loaded ----
identity        equ 0x6000              ; sector 64
notebuf         equ 0x6200              ; a sector of a note
vbeinfo         equ 0x6400
dap             equ 0x6600              ; disk address packet
params          equ 0x6620              ; drive parameters
        absolute 0x5000
vars:
drive:          resb 1
havedisk:       resb 1
installed:      resb 1
pressed:        resb 1
acpi:           resb 1
scale:          resb 1
glyphrow:       resb 1
linelen:        resb 1
fontoff:        resw 1
fontseg:        resw 1
pm1evt:         resw 1
pm1cnt:         resw 1
sci:            resw 1
s5:             resw 1
lfb:            resd 1
pitch:          resd 1
sectors:        resd 1
fg:             resd 1
palette:        resw 1
coilx:          resd 1
coilw:          resd 1
coily:          resd 1
coildy:         resd 1
el_a:           resd 1
el_b:           resd 1
el_a2:          resd 1
el_b2:          resd 1
el_ab:          resd 1
el_x:           resd 1
el_y:           resd 1
line:           resb 64
text:           resb 160
vars_end:
        section .text

        jmp 0:start
        db 'SKEPBOOT'
start:  cli
        cld
        xor ax,ax
        mov ds,ax
        mov es,ax
        mov ss,ax
        mov sp,0x7c00
        sti
        mov di,vars
        mov cx,vars_end-vars
        rep stosb
        mov [drive],dl
        cmp dl,0x90                     ; El Torito loads the whole program and numbers the CD from E0h
        jae main
        mov si,rest
        mov ah,0x42
        int 0x13
        jnc main
        mov si,m_noload
.say:   lodsb
        test al,al
        jz .stop
        mov ah,0x0e
        mov bx,7
        int 0x10
        jmp .say
.stop:  hlt
        jmp .stop
rest:   db 16,0
        dw PROGRAM_SECTORS-1,0x7e00,0
        dq 1
m_noload: db 'The practice guest could not be read from its disk.',13,10,0
        times 510-($-$$) db 0
        dw 0xaa55

; ---- start ----
main:   mov si,m_hello
        call log
        call disk_up
        call screen_up
        call acpi_up
        call draw
        call log_facts
        ; falls into the notebook
idle:   cmp byte [pressed],0
        jne button
        call serial_key                 ; a line typed on the serial port is a line too
        jc typed
        mov ah,1
        int 0x16
        jnz .key
        sti
        hlt
        jmp idle
.key:   xor ax,ax
        int 0x16
        cmp ah,0x3b                     ; F1
        je reset
        cmp ah,0x3c
        je halt
        cmp ah,0x3d
        je triple
        cmp ah,0x3e
        je turn_off
        cmp ah,0x3f
        je next_colour
        cmp ah,0x40
        je take_name
typed:  cmp al,13
        je enter_line
        cmp al,8
        je erase
        cmp al,' '
        jb idle
        cmp al,'~'
        ja idle
        movzx bx,byte [linelen]
        cmp bx,LINE_MAX
        jae idle
        mov [line+bx],al
        inc byte [linelen]
        call draw_line
        jmp idle
erase:  movzx bx,byte [linelen]
        test bx,bx
        jz idle
        dec bx
        mov byte [line+bx],0
        mov [linelen],bl
        call draw_line
        jmp idle

enter_line:
        cmp byte [linelen],0
        je idle
        cmp byte [havedisk],0
        jne .disk
        mov si,m_nodisk
        jmp .say
.disk:  mov eax,[identity+16]
        cmp eax,MOST_NOTES
        jae .full
        lea edx,[eax+NOTES_LBA+1]
        cmp edx,[sectors]
        ja .full
        push eax
        mov di,notebuf
        mov cx,128
        xor eax,eax
        rep stosd
        mov si,line
        mov di,notebuf
        movzx cx,byte [linelen]
        rep movsb
        pop eax
        add eax,NOTES_LBA
        mov bx,notebuf
        call write_sector
        jc .error
        inc dword [identity+16]
        call write_identity
        jnc .kept
        dec dword [identity+16]
.error: mov si,m_error
        jmp .say
.full:  mov si,m_full
.say:   call log
        call draw_line
        call draw_message
        jmp idle
.kept:  mov di,text
        mov si,m_kept
        call append
        mov eax,[identity+16]
        add eax,NOTES_LBA-1
        call append_number
        mov si,m_colon
        call append
        mov si,line
        call append
        mov si,m_crlf
        call append
        mov si,text
        call log
        call clear_line
        call draw_facts
        call draw_notes
        call draw_line
        jmp idle

next_colour:
        mov al,[identity+9]
        inc al
        cmp al,PALETTES
        jb .set
        xor al,al
.set:   mov [identity+9],al
        jmp identity_changed
take_name:
        cmp byte [linelen],0
        je idle
        mov di,identity+32
        mov cx,32
        xor al,al
        rep stosb
        mov si,line
        mov di,identity+32
        movzx cx,byte [linelen]
        cmp cx,LABEL_MAX
        jbe .copy
        mov cx,LABEL_MAX
.copy:  rep movsb
        call clear_line
identity_changed:
        cmp byte [havedisk],0
        je .draw
        call write_identity
        jnc .draw
        call draw
        mov si,m_error
        call log
        call draw_message
        jmp idle
.draw:  call draw
        jmp idle

reset:  mov si,m_reset
        call log
        mov al,0xfe
        out 0x64,al
        jmp $
halt:   mov si,m_halt
        call log
        cli
        hlt
        jmp halt
triple: mov si,m_triple
        call log
        cli
        lidt [noidt]                    ; in protected mode no handler can be reached, nor one for that fault
        mov eax,cr0
        or al,1
        mov cr0,eax
        int3
        jmp $
button: mov si,m_button
        call log
        mov si,m_button
        call draw_message
turn_off:
        cmp byte [acpi],0
        je idle
        mov si,m_off
        call log
        mov ax,[s5]
        shl ax,10
        or ax,0x2000
        mov dx,[pm1cnt]
        out dx,ax
        jmp $

clear_line:
        mov di,line
        mov cx,64
        xor al,al
        rep stosb
        mov [linelen],al
        ret

%include "disk.inc"
%include "picture.inc"
%include "acpi.inc"
%include "text.inc"

        times PROGRAM_SECTORS*512-($-$$) db 0
