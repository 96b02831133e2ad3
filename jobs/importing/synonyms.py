"""What lists call their columns and values in English, German and Polish, beside our own labels.

Only what is unambiguous: "Type" can be the model, the vehicle type or the fuel, so it is not here. A comparison
ignores case, blanks, hyphens and full stops.
"""

HEADINGS: dict[str, tuple[str, ...]] = {
    "license_plate": (
        "reg", "reg no", "reg nr", "reg number", "regno", "registration", "registration no",
        "registration number", "registration plate", "vehicle registration", "vrm", "vrn",
        "plate", "plate no", "plate number", "number plate", "license plate no",
        "license plate number", "licence plate number", "licence no", "license no",
        "kfz-kennzeichen", "amtliches kennzeichen", "amtl. kennzeichen", "pol. kennzeichen",
        "polizeiliches kennzeichen", "kennz.", "kfz-kz.", "nummernschild",
        "nr rejestracyjny", "numer rejestracyjny", "nr rej", "rejestracja", "tablica rejestracyjna",
    ),
    "vin": (
        "vin no", "vin number", "vin-nr", "vehicle identification number", "chassis", "chassis no",
        "chassis number", "frame number", "fin", "fin-nr", "fin-nummer", "fahrgestellnummer",
        "fahrgestell-nr", "fahrgestellnr", "fahrzeug-identifizierungsnummer",
        "fahrzeugidentifizierungsnummer", "fahrzeugidentnummer", "fahrzeug-ident-nr", "fzg-ident-nr",
        "nr vin", "numer vin", "numer nadwozia", "nr nadwozia",
    ),
    "custom_name": (
        "vehicle name", "fleet name", "display name", "fahrzeugname", "anzeigename", "nazwa pojazdu",
    ),
    "vehicle_model_id": ("model id", "modell-id", "vehicle model no"),
    "brand": (
        "make", "manufacturer", "vehicle make", "car make", "hersteller", "fabrikat",
        "fahrzeugmarke", "automarke", "marka", "producent", "marka pojazdu",
    ),
    "model": (
        "model name", "car model", "vehicle model name", "modellbezeichnung", "modellname",
        "fahrzeugmodell name", "handelsbezeichnung", "model pojazdu",
    ),
    "fuel_type": (
        "fuel", "fuel kind", "engine fuel", "kraftstoffart", "kraftstofftyp", "treibstoff",
        "treibstoffart", "antriebsart", "antrieb (kraftstoff)", "paliwo", "rodzaj paliwa",
        "typ paliwa",
    ),
    "year_of_production": (
        "year", "model year", "build year", "year built", "year of manufacture",
        "manufacturing year", "production year", "yom", "bj.", "produktionsjahr", "modelljahr",
        "herstellungsjahr", "rok", "rok produkcji", "rocznik",
    ),
    "vehicle_type": (
        "vehicle class", "vehicle category", "body type", "fahrzeugart", "fahrzeugklasse",
        "fahrzeugkategorie", "aufbauart", "rodzaj pojazdu", "typ pojazdu",
    ),
    "transmission": (
        "gearbox", "transmission type", "gearbox type", "getriebeart", "getriebetyp", "schaltung",
        "skrzynia biegów", "rodzaj skrzyni biegów",
    ),
    "installation_variant": ("installation type", "einbauart", "einbauvariante"),
    "central_lock_connection_type": ("central lock", "central lock connection", "zv-anschluss"),
    "auto_immo_control": ("auto immobilizer", "auto immobiliser"),
    "configuration_preset": ("preset", "konfiguration", "configuration"),
    "planned_unit": (
        "unit", "qnr", "unit id", "device id", "cloudboxx", "cloudboxx id", "geräte-id", "gerät",
    ),
    "planned_service_date": (
        "service date", "installation date", "planned date", "appointment", "appointment date",
        "scheduled date", "termin", "einbautermin", "einbaudatum", "wunschtermin", "servicetermin",
        "termin am", "data montażu", "termin montażu", "planowana data",
    ),
    "location": (
        "site", "location name", "depot", "branch", "garage location", "standort", "einsatzort",
        "niederlassung", "filiale", "abstellort", "lokalizacja", "miejsce postoju", "oddział",
    ),
    "contact": (
        "contact person", "contact name", "contact details", "ansprechpartner", "ansprechperson",
        "kontaktperson", "ansprechpartner vor ort", "osoba kontaktowa", "kontakt",
    ),
    "instructions": (
        "instruction", "comment", "comments", "remark", "remarks", "note", "notes", "bemerkung",
        "bemerkungen", "anmerkung", "anmerkungen", "hinweis", "hinweise", "kommentar", "notiz",
        "uwagi", "uwaga", "komentarz",
    ),
    "external_reference": (
        "reference", "reference no", "reference number", "ref", "ref no", "order no",
        "order number", "po number", "purchase order", "referenz", "referenznummer", "referenz-nr",
        "auftragsnummer", "auftrags-nr", "bestellnummer", "bestell-nr", "aktenzeichen",
        "numer zamówienia", "nr zamówienia", "numer referencyjny",
    ),
    "assigned_installer_company_id": (
        "partner", "partner id", "partner-id", "service partner", "installer company",
        "einbaupartner", "servicepartner",
    ),
}  # fmt: skip

VALUES: dict[str, tuple[str, ...]] = {
    # Fuel. "Gas" is petrol in America and LPG or CNG in Europe, so it is not here.
    "PETROL": (
        "gasoline", "unleaded", "super", "super e5", "super e10", "e5", "e10", "super plus",
        "superbenzin", "super 95", "super 98", "ottokraftstoff", "ottomotor", "pb95", "pb98", "pb",
        "benzyna", "benzin super",
    ),
    "DIESEL": ("diesel b7", "dieselkraftstoff", "dieselmotor", "olej napędowy"),
    "ELECTRIC": (
        "ev", "bev", "battery electric", "battery electric vehicle", "fully electric",
        "pure electric", "all electric", "electricity", "elektrisch", "rein elektrisch",
        "vollelektrisch", "elektroantrieb", "elektrizität", "strom", "elektryczny", "elektryczna",
        "elektryczne", "prąd",
    ),
    "HYBRID": (
        "hev", "fhev", "full hybrid", "vollhybrid", "hybrid electric", "hybryda", "hybrydowy",
        "hybrydowa",
    ),
    "PLUGIN_HYBRID": (
        "phev", "plug-in", "plugin", "plug in hybrid electric vehicle", "hybryda plug-in",
        "hybryda typu plug-in",
    ),
    "CNG": ("erdgas", "natural gas", "compressed natural gas"),
    "LPG": ("autogas", "flüssiggas", "liquefied petroleum gas", "gaz lpg"),
    "HYDROGEN": ("wasserstoff", "fcev", "fuel cell", "brennstoffzelle", "h2", "wodór"),
    "OTHER": ("sonstige", "sonstiger", "andere", "anderer", "inne", "inny"),
    # Vehicle type.
    "CAR": (
        "passenger car", "suv", "saloon", "sedan", "estate", "estate car", "station wagon",
        "hatchback", "coupe", "coupé", "convertible", "crossover", "roadster", "personenkraftwagen",
        "personenwagen", "auto", "limousine", "kombi", "cabrio", "cabriolet", "kleinwagen",
        "kompaktwagen", "geländewagen", "schrägheck", "samochód osobowy", "osobowy", "osobowe",
    ),
    "VAN": (
        "panel van", "lcv", "light commercial vehicle", "kastenwagen", "lieferwagen", "dostawczy",
        "samochód dostawczy", "furgon",
    ),
    "TRUCK": (
        "lorry", "hgv", "heavy goods vehicle", "lastwagen", "lastkraftwagen", "ciężarowy",
        "samochód ciężarowy", "ciężarówka",
    ),
    "MOPED": ("mofa", "kleinkraftrad", "motorower"),
    "KICKSCOOTER": ("e-scooter", "electric scooter", "e-tretroller", "elektrotretroller", "hulajnoga"),
    "BICYCLE": ("bike", "e-bike", "pedelec", "cargo bike", "lastenrad", "rower"),
    # Transmission.
    "MANUAL": (
        "manual gearbox", "manual transmission", "mt", "schaltgetriebe", "handschaltung",
        "handschalter", "manuell", "manuelles getriebe", "manualna", "manualny", "ręczna",
    ),
    "AUTOMATIC": (
        "automatic gearbox", "automatic transmission", "auto", "at", "dsg", "dct", "cvt",
        "dual clutch", "automat", "automatikgetriebe", "automatisch", "doppelkupplungsgetriebe",
        "automatyczna", "automatyczny",
    ),
    # Setup.
    "WIRED": ("fest verkabelt", "hard-wired", "hardwired"),
    "OBD": ("obd2", "obd ii", "obd-stecker", "obd plug"),
}  # fmt: skip

FLAGS: dict[bool, tuple[str, ...]] = {
    True: ("active", "enabled", "aktiv", "aktiviert", "tak", "włączone"),
    False: ("inactive", "disabled", "inaktiv", "deaktiviert", "nie", "wyłączone"),
}

# What people write into a cell that should be blank. No value is suggested for these.
NOTHING = (
    "n/a", "na", "n.a.", "none", "null", "nil", "unknown", "tbd", "tba", "tbc", "?", "??", "???",
    "--", "---", "k.a.", "ka", "keine", "keine angabe", "unbekannt", "offen", "leer", "brak",
    "nie dotyczy", "nieznany", "#n/a",
)  # fmt: skip
