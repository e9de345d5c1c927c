"""Prints as JSON what a binary says of itself: check-binary.mjs judges it. The argument is the file's path."""

import hashlib
import json
import struct
import sys

import lief

lief.logging.disable()


def is_versioned(symbol):
    return symbol.has_version and symbol.symbol_version.has_auxiliary_version


def elf(binary):
    dynamic = lief.ELF.DynamicEntry.TAG
    tags = {entry.tag for entry in binary.dynamic_entries}
    imports = [symbol for symbol in binary.dynamic_symbols if symbol.name and symbol.shndx == 0]
    weak = lief.ELF.Symbol.BINDING.WEAK
    stack = next((segment for segment in binary.segments if segment.type == lief.ELF.Segment.TYPE.GNU_STACK), None)
    return {
        "format": "ELF",
        "machine": binary.header.machine_type.name,
        "littleEndian": binary.header.identity_data == lief.ELF.Header.ELF_DATA.LSB,
        "bits": 64 if binary.header.identity_class == lief.ELF.Header.CLASS.ELF64 else 32,
        "libraries": list(binary.libraries),
        # Of the libraries and not of the symbols: a version may be asked for by no symbol, as GLIBC_ABI_DT_RELR is.
        "versions": [
            auxiliary.name
            for requirement in binary.symbols_version_requirement
            for auxiliary in requirement.get_auxiliary_symbols()
        ],
        "imports": [symbol.name for symbol in imports],
        "unversioned": [symbol.name for symbol in imports if not is_versioned(symbol) and symbol.binding != weak],
        "exports": [symbol.name for symbol in binary.exported_symbols],
        "rpath": bool(tags & {dynamic.RPATH, dynamic.RUNPATH}),
        "textRelocations": dynamic.TEXTREL in tags,
        "executableStack": stack is None or lief.ELF.Segment.FLAGS.X in stack,
        "stripped": not any(section.name in (".symtab", ".debug_info") for section in binary.sections),
    }


def is_signed(binary):
    """Whether the hashes of all pages are right: macOS on ARM ends a process that maps another page."""
    if not binary.has_code_signature:
        return False
    content = open(sys.argv[1], "rb").read()
    start = binary.code_signature.data_offset
    signature = content[start : start + binary.code_signature.data_size]
    (count,) = struct.unpack_from(">I", signature, 8)
    for index in range(count):
        (at,) = struct.unpack_from(">I", signature, 12 + 8 * index + 4)
        magic, _, _, _, hashes, _, _, pages, limit, size, kind, _, shift = struct.unpack_from(">9I4B", signature, at)
        if magic != 0xFADE0C02:
            continue
        step = 1 << shift
        starts = range(0, limit, step)
        wanted = [signature[at + hashes + n * size :][:size] for n in range(pages)]
        found = [hashlib.sha256(content[n : min(n + step, limit)]).digest() for n in starts]
        return kind == 2 and wanted == found
    return False


def mach_o(binary):
    name_of_itself = lief.MachO.LoadCommand.TYPE.ID_DYLIB
    system = binary.build_version.minos if binary.has_build_version else binary.version_min.version
    return {
        "format": "MachO",
        "machine": binary.header.cpu_type.name,
        "libraries": [library.name for library in binary.libraries if library.command != name_of_itself],
        "imports": [symbol.name.removeprefix("_") for symbol in binary.imported_symbols],
        "exports": [symbol.name.removeprefix("_") for symbol in binary.exported_symbols],
        "rpath": binary.has_rpath,
        "stripped": not any(section.segment_name == "__DWARF" for section in binary.sections),
        "system": ".".join(map(str, system[:2])),
        "signed": is_signed(binary),
    }


def pe(binary):
    return {
        "format": "PE",
        "machine": binary.header.machine.name,
        "libraries": [library.name.lower() for library in binary.imports],
        "imports": [entry.name for library in binary.imports for entry in library.entries],
        "exports": [entry.name for entry in binary.exported_functions],
        "rpath": False,
        "stripped": binary.header.pointerto_symbol_table == 0,
    }


binary = lief.parse(sys.argv[1])
reader = {lief.ELF.Binary: elf, lief.MachO.Binary: mach_o, lief.PE.Binary: pe}[type(binary)]
print(json.dumps(reader(binary)))
