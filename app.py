"""`python app.py` is the command `thalweg`; `streamlit run app.py` serves the same application."""

if __name__ == "__main__":
    from thalweg.cli import main

    main()
else:  # Streamlit looks for a call of st.App in this file, and then imports it
    import streamlit as st

    from thalweg.server.application import application

    app = st.App(**application())
