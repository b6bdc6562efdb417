"""The headings people write over what we keep, and over what we do not; any spelling of them."""

from enum import StrEnum


class Field(StrEnum):
    """What a column may hold of what we keep; every other column is left where it is."""

    NAME = "name"
    FIRST_NAME = "first_name"
    MIDDLE_NAME = "middle_name"
    FAMILY_NAME = "family_name"
    NAME_LATIN = "name_latin"
    MOBILE = "mobile"
    GENDER = "gender"
    BIRTH = "birth"
    EMAIL = "email"
    PARTNER = "partner"
    TEAM = "team"
    CATEGORY = "category"
    GUARDIAN_MOBILE = "guardian_mobile"
    OPPORTUNITY = "opportunity"
    HOURS = "hours"
    MINUTES = "minutes"
    YEAR = "year"
    DATE = "date"
    FROM = "from"
    UNTIL = "until"
    SITE = "site"
    CAMPAIGN = "campaign"
    BENEFICIARIES = "beneficiaries"
    VOLUNTEERS = "volunteers"
    ATTENDANCES = "attendances"
    OPPORTUNITIES = "opportunities"
    COURSES = "courses"
    VALUE = "value"


HEADINGS: dict[Field, str] = {
    Field.NAME: """
        الاسم، اسم، الاسم الكامل، الاسم كاملا، الاسم بالكامل، الاسم الرباعي، الاسم الثلاثي، الاسم
        رباعي، الاسم رباعيا، الاسم ثلاثي، اسم المتطوع، اسم المتطوعة، اسم المتطوع رباعيا، اسم
        الطالب، اسم الطالبة، الطالب، المتطوع، المتطوعة، اسم المشارك، اسم العضو، اسم الموظف، الاسم
        بالعربي، الاسم بالعربية، الاسم باللغة العربية، الاسم العربي، name, full name, fullname,
        volunteer name, volunteer, student name, student, member name, participant name, arabic
        name, name arabic, name ar, name in arabic, names
    """,
    Field.FIRST_NAME: """
        الاسم الأول، الاسم الاول، first name, firstname, given name, first
    """,
    Field.MIDDLE_NAME: """
        اسم الأب، اسم الاب، الاسم الثاني، اسم الجد، الاسم الثالث، الاسم الأوسط، الأب، الجد، middle
        name, father name, fathers name, second name, grandfather name, third name, middle
    """,
    Field.FAMILY_NAME: """
        اسم العائلة، العائلة، اللقب، اسم الأسرة، الاسم الأخير، القبيلة، الاسم الرابع، last name,
        lastname, family name, family, surname, last
    """,
    Field.NAME_LATIN: """
        الاسم بالإنجليزي، الاسم بالانجليزية، الاسم بالإنجليزية، الاسم بالانجليزي، الاسم باللغة
        الإنجليزية، الاسم الإنجليزي، الاسم اللاتيني، الاسم بالحروف اللاتينية، english name, name
        english, name en, name in english, latin name, full name english
    """,
    Field.MOBILE: """
        الجوال، جوال، رقم الجوال، رقم الجوّال، جوال المتطوع، جوال المتطوعة، رقم جوال المتطوع، رقم
        الهاتف، الهاتف، هاتف، الهاتف الجوال، رقم الهاتف الجوال، الهاتف المحمول، المحمول، رقم
        المحمول، الموبايل، موبايل، رقم الموبايل، رقم التواصل، رقم الاتصال، رقم الجوال للتواصل،
        جوال الطالب، الواتساب، واتساب، رقم الواتساب، mobile, mobile number, mobile no, mobile num,
        mobile phone, phone, phone number, phone no, cell, cell phone, cellphone, telephone, tel,
        contact number, whatsapp, whatsapp number, gsm
    """,
    Field.GENDER: """
        الجنس، النوع، النوع الاجتماعي، جنس، gender, sex
    """,
    Field.BIRTH: """
        سنة الميلاد، تاريخ الميلاد، تاريخ الولادة، الميلاد، سنة الولادة، تاريخ الميلاد هجري، تاريخ
        الميلاد ميلادي، تاريخ الميلاد بالهجري، تاريخ الميلاد بالميلادي، تاريخ الميلاد الهجري،
        تاريخ الميلاد الميلادي، مواليد، birth year, year of birth, birth date, birthdate, date of
        birth, dob, birthday, birth, born
    """,
    Field.EMAIL: """
        البريد، البريد الإلكتروني، البريد الالكتروني، بريد، الإيميل، الايميل، ايميل، إيميل، email,
        e mail, mail, email address, e mail address
    """,
    Field.PARTNER: """
        الجهة، جهة، اسم الجهة، الجهة الشريكة، الشريك، الجامعة، الكلية، المدرسة، المنظمة، الجمعية،
        جهة العمل، الجهة التابع لها، المؤسسة، partner, organisation, organization, university,
        college, school, institution, entity, company
    """,
    Field.TEAM: """
        الفريق، فريق، اسم الفريق، الفريق التطوعي، المجموعة، الحي، team, team name, group,
        volunteer team, neighbourhood, neighborhood
    """,
    Field.CATEGORY: """
        الفئة، التصنيف، الصفة، category
    """,
    Field.GUARDIAN_MOBILE: """
        جوال ولي الأمر، رقم ولي الأمر، رقم جوال ولي الأمر، هاتف ولي الأمر، رقم هاتف ولي الأمر،
        جوال ولي امر الطالب، جوال الأب، جوال الوالد، guardian mobile, guardian phone, parent
        mobile, parent phone, guardian, guardian number, guardians mobile, guardian mobile number,
        parents mobile
    """,
    Field.OPPORTUNITY: """
        الفرصة، الفرصة التطوعية، اسم الفرصة، اسم الفرصة التطوعية، عنوان الفرصة، عنوان الفرصة
        التطوعية، المبادرة، اسم المبادرة، opportunity, opportunity name, opportunity title,
        volunteer opportunity, volunteering opportunity
    """,
    Field.HOURS: """
        الساعات، ساعات، عدد الساعات، عدد ساعات التطوع، ساعات التطوع، الساعات التطوعية، عدد الساعات
        التطوعية، مجموع الساعات، إجمالي الساعات، إجمالي ساعات التطوع، الساعات المعتمدة، عدد الساعات
        المعتمدة، hours, volunteer hours, volunteering hours, total hours, number of hours, hours
        worked, approved hours, hrs
    """,
    Field.MINUTES: """
        الدقائق، دقائق، عدد الدقائق، المدة بالدقائق، minutes, volunteer minutes, number of minutes
    """,
    Field.YEAR: """
        السنة، سنة، العام، عام، السنة الميلادية، السنة الهجرية، العام الميلادي، العام الهجري، سنة
        هجرية، سنة ميلادية، year, hijri year, gregorian year, calendar year
    """,
    Field.DATE: """
        التاريخ، تاريخ، اليوم، تاريخ التطوع، تاريخ الحضور، تاريخ الفترة، تاريخ المشاركة، تاريخ
        الفرصة، تاريخ العمل، التاريخ الهجري، التاريخ الميلادي، date, day, work date, date worked,
        attendance date, shift date, volunteering date
    """,
    Field.FROM: """
        من، من الساعة، وقت الحضور، وقت الدخول، ساعة الحضور، وقت البداية، بداية الفترة، وقت البدء،
        from, start, start time, starts at, check in, time in, from time
    """,
    Field.UNTIL: """
        إلى، إلى الساعة، حتى، وقت الانصراف، وقت الخروج، ساعة الانصراف، وقت النهاية، نهاية الفترة،
        وقت الانتهاء، until, to, end, end time, ends at, check out, time out, to time
    """,
    Field.SITE: """
        الموقع، موقع، اسم الموقع، موقع التطوع، مكان التطوع، المكان، المركز، اسم المركز، مركز الحي،
        site, site name, location, place, centre, center
    """,
    Field.CAMPAIGN: """
        الحملة، حملة، اسم الحملة، البرنامج، اسم البرنامج، campaign, campaign name, programme,
        program
    """,
    Field.BENEFICIARIES: """
        المستفيدون، المستفيدين، عدد المستفيدين، إجمالي المستفيدين، beneficiaries, number of
        beneficiaries, total beneficiaries, people served, served
    """,
    Field.VOLUNTEERS: """
        المتطوعون، المتطوعين، عدد المتطوعين، إجمالي المتطوعين، عدد المتطوعين والمتطوعات، المتطوعون
        والمتطوعات، volunteers, number of volunteers, total volunteers
    """,
    Field.ATTENDANCES: """
        عدد مرات الحضور، مرات الحضور، سجلات الحضور، عدد السجلات، السجلات، عدد سجلات الحضور، عدد
        المشاركات، attendances, records, number of attendances, number of records, times
    """,
    Field.OPPORTUNITIES: """
        الفرص، الفرص التطوعية، عدد الفرص، عدد الفرص التطوعية، إجمالي الفرص، opportunities, number of
        opportunities, volunteer opportunities, total opportunities
    """,
    Field.COURSES: """
        حضور الدورات، عدد حضور الدورات، حضور الدورات واللقاءات، المستفيدون من الدورات، المتدربون،
        عدد المتدربين، course attendances, course attendance, course attendees, trainees
    """,
    Field.VALUE: """
        القيمة، القيمة الاقتصادية، العائد الاقتصادي، العائد، القيمة بالريال، العائد الاقتصادي
        بالريال، القيمة الاقتصادية بالريال، value, economic value, economic return, value sar, sar
    """,
}
NOT_KEPT = """
    م، ت، رقم، الرقم، مسلسل، التسلسل، تسلسل، الرقم التسلسلي، ملاحظات، ملاحظة، التوقيع، توقيع،
    الحضور، رقم الهوية، الهوية، السجل المدني، رقم الهوية الوطنية، رقم الإقامة، الرقم الجامعي،
    الجنسية، العنوان، المدينة، العمر، التاريخ، تاريخ التسجيل، طابع زمني، no, nr, sn, s n,
    serial, id, national id, notes, note, remarks, signature, timestamp, date, nationality,
    address, city, age, student id, المشكلة، problem
"""
"""Headings of columns that nobody needs to be asked about."""
