/* data.S -- the data file of native.pack inside the binary: the second link. */
    .section .rodata
    .balign 16
    .globl mrun_data
    .globl mrun_data_end
mrun_data:
    .incbin MRUN_DATA
mrun_data_end:
    .byte 0
    .section .note.GNU-stack,"",%progbits
