//! Where a source speaks from, for what its dates leave open.

use jiff::tz::TimeZone;

/// Countries with one time zone, or whose media write one (Moscow's, Kyiv's): ISO 3166 and the name
/// in the zone database.
const ZONES: [(&str, &str); 72] = [
    ("AE", "Asia/Dubai"),
    ("AF", "Asia/Kabul"),
    ("AL", "Europe/Tirane"),
    ("AM", "Asia/Yerevan"),
    ("AT", "Europe/Vienna"),
    ("AZ", "Asia/Baku"),
    ("BA", "Europe/Sarajevo"),
    ("BD", "Asia/Dhaka"),
    ("BE", "Europe/Brussels"),
    ("BG", "Europe/Sofia"),
    ("BO", "America/La_Paz"),
    ("BY", "Europe/Minsk"),
    ("CH", "Europe/Zurich"),
    ("CN", "Asia/Shanghai"),
    ("CO", "America/Bogota"),
    ("CU", "America/Havana"),
    ("CZ", "Europe/Prague"),
    ("DE", "Europe/Berlin"),
    ("DK", "Europe/Copenhagen"),
    ("EE", "Europe/Tallinn"),
    ("EG", "Africa/Cairo"),
    ("ET", "Africa/Addis_Ababa"),
    ("FI", "Europe/Helsinki"),
    ("FR", "Europe/Paris"),
    ("GB", "Europe/London"),
    ("GE", "Asia/Tbilisi"),
    ("GR", "Europe/Athens"),
    ("HK", "Asia/Hong_Kong"),
    ("HR", "Europe/Zagreb"),
    ("HU", "Europe/Budapest"),
    ("IE", "Europe/Dublin"),
    ("IL", "Asia/Jerusalem"),
    ("IN", "Asia/Kolkata"),
    ("IQ", "Asia/Baghdad"),
    ("IR", "Asia/Tehran"),
    ("IT", "Europe/Rome"),
    ("JO", "Asia/Amman"),
    ("JP", "Asia/Tokyo"),
    ("KE", "Africa/Nairobi"),
    ("KG", "Asia/Bishkek"),
    ("KP", "Asia/Pyongyang"),
    ("KR", "Asia/Seoul"),
    ("KW", "Asia/Kuwait"),
    ("LB", "Asia/Beirut"),
    ("LT", "Europe/Vilnius"),
    ("LV", "Europe/Riga"),
    ("MD", "Europe/Chisinau"),
    ("ME", "Europe/Podgorica"),
    ("MK", "Europe/Skopje"),
    ("MO", "Asia/Macau"),
    ("MY", "Asia/Kuala_Lumpur"),
    ("NI", "America/Managua"),
    ("NL", "Europe/Amsterdam"),
    ("NO", "Europe/Oslo"),
    ("PH", "Asia/Manila"),
    ("PK", "Asia/Karachi"),
    ("PL", "Europe/Warsaw"),
    ("QA", "Asia/Qatar"),
    ("RO", "Europe/Bucharest"),
    ("RS", "Europe/Belgrade"),
    ("RU", "Europe/Moscow"),
    ("SA", "Asia/Riyadh"),
    ("SE", "Europe/Stockholm"),
    ("SG", "Asia/Singapore"),
    ("SK", "Europe/Bratislava"),
    ("SY", "Asia/Damascus"),
    ("TH", "Asia/Bangkok"),
    ("TR", "Europe/Istanbul"),
    ("TW", "Asia/Taipei"),
    ("UA", "Europe/Kyiv"),
    ("VE", "America/Caracas"),
    ("VN", "Asia/Ho_Chi_Minh"),
];

/// Where the month is written before the day.
const MONTH_FIRST: [&str; 5] = ["FM", "GU", "PH", "PR", "US"];

/// Where a source speaks from. The default knows nothing.
#[derive(Debug, Clone, Default)]
pub struct Place {
    country: Option<String>,
    zone: Option<TimeZone>,
}

impl Place {
    /// A country by its ISO 3166 code; a code that is none knows nothing.
    #[must_use]
    pub fn of_country(country: Option<&str>) -> Self {
        let country = country.map(str::to_ascii_uppercase);
        let zone = country.as_deref().and_then(|country| {
            let (_, name) = ZONES.iter().find(|(code, _)| *code == country)?;
            TimeZone::get(name).ok()
        });
        Self { country, zone }
    }

    /// Nowhere: clocks without a zone show UTC. For comparison with readers that assume it.
    #[must_use]
    pub fn utc() -> Self {
        Self {
            country: None,
            zone: Some(TimeZone::UTC),
        }
    }

    /// The country's code.
    pub(super) fn country(&self) -> Option<&str> {
        self.country.as_deref()
    }

    /// The zone of its clocks, where there is one.
    pub(super) fn zone(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }

    /// Whether the month is written before the day; `None` where nothing is known.
    pub(super) fn is_month_first(&self) -> Option<bool> {
        let country = self.country.as_deref().filter(|code| *code != "INT")?;
        Some(MONTH_FIRST.contains(&country))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_zone_is_in_the_database() {
        for (country, name) in ZONES {
            assert!(TimeZone::get(name).is_ok(), "{country}: {name}");
        }
    }
}
