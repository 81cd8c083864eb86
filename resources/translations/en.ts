<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="en">
<context>
    <name>ExportControl</name>
    <message numerus="yes">
        <source>%n chart(s) exported.</source>
        <translation>
            <numerusform>%n chart exported.</numerusform>
            <numerusform>%n charts exported.</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>FlagButton</name>
    <message numerus="yes">
        <source>%n remark(s) about these steps</source>
        <translation>
            <numerusform>%n remark about these steps</numerusform>
            <numerusform>%n remarks about these steps</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>LogPanel</name>
    <message numerus="yes">
        <source>%n line(s)</source>
        <translation>
            <numerusform>%n line</numerusform>
            <numerusform>%n lines</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>StatusBar</name>
    <message numerus="yes">
        <source>%n line(s) printed</source>
        <translation>
            <numerusform>%n line printed</numerusform>
            <numerusform>%n lines printed</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>SweepForm</name>
    <message numerus="yes">
        <source>%n point(s)</source>
        <translation>
            <numerusform>%n point</numerusform>
            <numerusform>%n points</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TraceChoiceDialog</name>
    <message numerus="yes">
        <source>The whole recording (%n window(s))</source>
        <translation>
            <numerusform>The whole recording (%n window)</numerusform>
            <numerusform>The whole recording (%n windows)</numerusform>
        </translation>
    </message>
</context>
<context>
    <name>TrustDialog</name>
    <message numerus="yes">
        <source>… and %n more</source>
        <translation>
            <numerusform>… and %n more</numerusform>
            <numerusform>… and %n more</numerusform>
        </translation>
    </message>
</context>
</TS>
