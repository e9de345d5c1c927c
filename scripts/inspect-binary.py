"""Prints as JSON what a binary says of itself: check-binary.mjs judges it. The argument is the file's path."""

import json
import sys

import lief

lief.logging.disable()


def elf(binary):
    def version(symbol):
        auxiliary = symbol.symbol_version.symbol_version_auxiliary if symbol.has_version else None
        return auxiliary.name if auxiliary else None

    weak = lief.ELF.Symbol.BINDING.WEAK
    tags = {entry.tag for entry in binary.dynamic_entries}
    dynamic = lief.ELF.DynamicEntry.TAG
    return {
        "format": "ELF",
        "machine": binary.header.machine_type.name,
        "littleEndian": binary.header.identity_data == lief.ELF.Header.ELF_DATA.LSB,
        "libraries": list(binary.libraries),
        "imports": [
            {"name": symbol.name, "version": version(symbol), "weak": symbol.binding == weak}
            for symbol in binary.dynamic_symbols
            if symbol.name and symbol.shndx == 0
        ],
        "exports": [symbol.name for symbol in binary.exported_symbols],
        "rpath": bool(tags & {dynamic.RPATH, dynamic.RUNPATH}),
        "stripped": not any(section.name in (".symtab", ".debug_info") for section in binary.sections),
    }


def mach_o(binary):
    name_of_itself = lief.MachO.LoadCommand.TYPE.ID_DYLIB
    system = binary.build_version.minos if binary.has_build_version else binary.version_min.version
    return {
        "format": "MachO",
        "machine": binary.header.cpu_type.name,
        "littleEndian": True,
        "libraries": [library.name for library in binary.libraries if library.command != name_of_itself],
        "imports": [{"name": symbol.name.removeprefix("_")} for symbol in binary.imported_symbols],
        "exports": [symbol.name.removeprefix("_") for symbol in binary.exported_symbols],
        "rpath": binary.has_rpath,
        "stripped": not any(section.segment_name == "__DWARF" for section in binary.sections),
        "system": ".".join(map(str, system[:2])),
        "signed": binary.has_code_signature,
    }


def pe(binary):
    return {
        "format": "PE",
        "machine": binary.header.machine.name,
        "littleEndian": True,
        "libraries": [library.name.lower() for library in binary.imports],
        "imports": [{"name": entry.name} for library in binary.imports for entry in library.entries],
        "exports": [entry.name for entry in binary.exported_functions],
        "rpath": False,
        "stripped": binary.header.pointerto_symbol_table == 0,
    }


binary = lief.parse(sys.argv[1])
reader = {lief.ELF.Binary: elf, lief.MachO.Binary: mach_o, lief.PE.Binary: pe}[type(binary)]
print(json.dumps(reader(binary)))
