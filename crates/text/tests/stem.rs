//! Which words of a language meet under one stem, and which must not.

use std::borrow::Cow;

use bellwether_text::{STEMMED, WORD_BYTES_MAX, fold, stem, stem_term};

/// Words between two semicolons meet; none of them may meet a word of another such group.
fn check(lang: &str, groups: &str) {
    let mut seen: Vec<(String, &str, usize)> = Vec::new();
    let mut wrong = Vec::new();
    let mut pairs = 0;
    for (number, group) in groups.split(';').enumerate() {
        let words: Vec<&str> = group.split_whitespace().collect();
        pairs += words.len().saturating_sub(1);
        for word in words {
            let folded = fold(word);
            let Some(found) = stem(&folded, lang) else {
                wrong.push(format!("{word} has no stem"));
                continue;
            };
            for (other, other_word, other_number) in &seen {
                if (*other == found) != (*other_number == number) {
                    wrong.push(format!("{word} {found} / {other_word} {other}"));
                }
            }
            seen.push((found.into_owned(), word, number));
        }
    }
    assert!(wrong.is_empty(), "{lang}\n{}", wrong.join("\n"));
    assert!(pairs >= 40, "{lang}: only {pairs} pairs that meet");
}

#[test]
fn english() {
    check(
        "en",
        "ballot ballots; vote votes voted voting; voter voters; election elections elect elected electing elects; electoral;
fraud frauds; rig rigged rigging; count counts counted counting; recount recounts recounted;
candidate candidates; party parties; policy policies; police policing; state states stated; statement statements;
country countries; county counties; sanction sanctions sanctioned; attack attacks attacked attacking;
leak leaks leaked; lie lies lied lying; claim claims claimed claiming; protest protests protested protester protesters;
machine machines; mail mails mailed mailing; city cities; war wars; warn warned warning warnings; troop troops;
minister ministers; ministry ministries; citizen citizens; immigrant immigrants; border borders; bribe bribes bribed; bribery;
news; new; hack hacked hacking hacks; hacker hackers; price prices; prison prisons prisoner prisoners; nation nations; native natives;
speak speaks speaking; speaker speakers; taiwan; senate senator senators; send sends sending; market markets; mark marked",
    );
}

#[test]
fn russian() {
    check(
        "ru",
        "выборы выборов выборам выборах; избиратель избирателя избирателей избирателям; голос голоса голосов голосам;
голосование голосования голосованием; кандидат кандидата кандидатов кандидатам; партия партии партию партией;
президент президента президенту президентом; война войны войну войной войне; воин воина воины; войско войска;
страна страны стране страну; страница страницы; город города городе городов; городской городского городская;
министр министра министров; министерство министерства министерству; санкция санкции санкций санкциям;
закон закона законов законам законный законного законная; удар удара удары ударов ударить ударил ударили;
россия россии россию россией; российский российского российская российские; американский американского американская;
китай китая китаем китаю китае; кит кита киты; случай случая случаи случаев; китайский китайская китайского; договор договора договоров договориться договорились;
новость новости новостей; новый нового новая новые; мир мира миру; армия армии армию армией; сила силы силу силой; село сёла;
ракета ракеты ракет ракетой; дрон дрона дроны дронов; тайвань тайваня тайванем; сша; нато; фёдор фёдора фёдору;
учёный учёные учёного; путь пути; путин путина путину; глава главы главу; главный главного главная",
    );
}

#[test]
fn spanish() {
    check(
        "es",
        "elección elecciones; electoral electorales; elector electores electora; votación votaciones; votar votó votaron votando votado votaba votaban votábamos;
sesión sesiones; candidato candidatos candidata candidatas; opinión opiniones; rebelión rebeliones;
presidente presidentes presidencia; presidencial presidenciales;
parlamentario parlamentaria parlamentarios parlamentarias; secretario secretaria secretarios secretarias; secreto secretos secreta;
país países; paisaje paisajes; paja; partido partidos partida partidas; fraude fraudes;
policía policías; político política políticos políticas; gobierno gobiernos; gobernador gobernadores gobernadora;
decidir decidió decidieron decidido decidida; recibir recibió recibieron recibido; pedir pedido; pidió pidieron;
establecer estableció establecieron establecido; ocurrir ocurrió ocurrido; exigir exigió exigieron exigido;
perder perdió perdieron; suicidio suicidios; comercio comercios; comercial comerciales; precio precios;
tener tenía tenían; poder podía podían; deber debía debían; creer creía creían;
alemán alemana alemanes; francés francesa franceses; inglés inglesa ingleses; franco francos;
interés intereses; crimen crímenes; imagen imágenes; región regiones; millón millones; millonario millonaria;
ministro ministra ministros; ministerio ministerios; noticia noticias; democracia democracias; demócrata demócratas;
ley leyes; guerra guerras; guerrillero guerrilleros; niño niña niños; anuncio anuncios anunciar anunció anuncian anunciaron",
    );
}

#[test]
fn what_has_no_stem() {
    for (word, lang) in [
        ("ballots", "fr"),
        ("ballots", "und"),
        ("ballots", ""),
        ("2024", "en"),
        ("covid19", "en"),
        ("选票", "en"),
        ("выборы", "en"),
        ("ballots", "ru"),
        ("йї", "ru"),
        ("", "en"),
    ] {
        assert_eq!(stem(word, lang), None, "{word} {lang}");
        assert_eq!(stem_term(word, lang), None, "{word} {lang}");
    }
    let long = "s".repeat(WORD_BYTES_MAX + 1);
    assert_eq!(stem(&long, "en"), None);
    assert!(STEMMED.iter().all(|lang| ["en", "ru", "es"].contains(lang)));
}

#[test]
fn terms_tell_languages_apart() {
    assert_eq!(stem_term("ballots", "en").as_deref(), Some("\u{1}eballot"));
    assert_eq!(stem_term("ballot", "en").as_deref(), Some("\u{1}eballot"));
    assert_eq!(stem_term("выборы", "ru").as_deref(), Some("\u{1}rвыбор"));
    assert_eq!(
        stem_term("elecciones", "es").as_deref(),
        Some("\u{1}seleccion")
    );
    assert!(matches!(
        stem("ballot", "en"),
        Some(Cow::Borrowed("ballot"))
    ));
}

#[test]
fn stems_are_folded_and_bounded() {
    for lang in STEMMED {
        for word in ["sss", "eee", "iese", "ywy", "ааа", "вшись", "ции"] {
            for times in 1..40 {
                let word = word.repeat(times);
                if let Some(found) = stem(&word, lang) {
                    assert_eq!(fold(&found), found, "{word}");
                    assert!(found.len() <= WORD_BYTES_MAX + 8);
                }
            }
        }
    }
}
