"""Words by which a report may be about an emergency, by language."""

from collections.abc import Mapping, Sequence

EMERGENCY_PHRASES: Mapping[str, Sequence[str]] = {
    "en": (
        *("gas + smell*", "gas + leak*", "gas + odor*", "carbon monoxide", "chemical spill*"),
        *("wire* + down", "wire* + fell", "wire* on the ground", "power line* + down"),
        *("power line* + fell", "wire* + spark*", "line* + spark*", "live wire*", "electrocut*"),
        *("on fire", "house fire", "building fire", "car fire", "in flames", "explosion*"),
        *("exploded", "shots fired", "gunshot*", "being attacked", "robbery in progress"),
        *("not breathing", "unconscious", "heart attack", "someone + bleeding", "drowning"),
        *("crash + injur*", "accident + injur*", "person trapped", "someone + trapped"),
        *("people trapped", "child* + trapped"),
    ),
    "es": (
        *("gas + huele*", "gas + olor*", "fuga* + gas", "monoxido", "derrame quimico"),
        *("cable* + caid*", "cable* + cayo", "cable* en el suelo", "cable* + chispa*"),
        *("electrocut*", "en llamas", "se esta quemando", "se quema", "incendio*"),
        *("explosion*", "exploto", "disparo*", "tiroteo*", "balazo*", "estan asaltando"),
        *("estan atacando", "no respira", "inconsciente*", "ataque al corazon", "infarto*"),
        *("herid* + choque*", "herid* + accidente*", "persona* atrapad*", "niñ* + atrapad*"),
        *("sangrando", "se ahoga", "ahogandose"),
    ),
}
"""Phrases of open311.phrases. They give a hint, and never refuse a report."""
